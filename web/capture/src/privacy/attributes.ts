import type { Privacy } from '../options';
import { maskCss } from './css';
import { maskText, maskTyped, stars } from './text';
import { maskUrl } from './url';

/** What holds at one place of a document. */
export interface Context {
  /** The level after `data-recount="mask"` and `"unmask"` of the elements around. */
  level: Privacy;
  /** The nearest of those attributes is `unmask`. */
  unmasked: boolean;
  /** Inside something a person types into. */
  typed: boolean;
  /** Query parameters whose values are kept. */
  allowed: readonly string[];
}

type Attributes = Record<string, unknown>;

const structural = new Set((
  'type role rel media lang dir hidden disabled readonly required multiple open colspan rowspan cols rows '
  + 'size width height align valign border cellpadding cellspacing bgcolor color tabindex contenteditable '
  + 'wrap start charset slot xmlns xmlns:xlink data-recount '
  + 'aria-hidden aria-expanded aria-disabled aria-current aria-haspopup aria-modal aria-selected aria-pressed aria-live '
  // Drawings: geometry and paint.
  + 'viewbox preserveaspectratio d points x y x1 y1 x2 y2 cx cy r rx ry fx fy dx dy transform gradienttransform '
  + 'gradientunits offset stop-color stop-opacity fill fill-rule fill-opacity clip-rule clip-path mask opacity '
  + 'stroke stroke-width stroke-linecap stroke-linejoin stroke-dasharray stroke-dashoffset stroke-opacity '
  + 'patternunits text-anchor dominant-baseline font-size font-weight font-family filter vector-effect'
).split(' '));

const addresses = new Set(
  ('href src action formaction poster data cite ping background xlink:href manifest longdesc codebase rr_src').split(' '));
const addressLists = new Set(['srcset', 'imagesrcset']);
const media = new Set(['src', 'srcset', 'imagesrcset', 'poster', 'background', 'data']);
const tokens = new Set(['class', 'id', 'for', 'name', 'aria-controls', 'aria-labelledby', 'aria-describedby', 'aria-owns']);
const fields = new Set(['input', 'textarea', 'select']);
const buttons = new Set(['button', 'submit', 'reset', 'image']);

/** Attributes whose value is structure, not content; they stay as they are on every level. */
export const keptAsIs = (name: string) => structural.has(name.toLowerCase()) || tokens.has(name.toLowerCase());

/** Class names and ids carry the look of a page, so only those that hold an address or a long number are masked. */
export const maskTokens = (value: string) =>
  value.replace(/\S+/g, token => (/@|\d{5,}|[0-9a-f]{8}-[0-9a-f]{4}/i.test(token) ? stars(token) : token));

/** Masks the attributes of one element in place; what must not leave at all is removed. */
export function maskAttributes(tag: string, attributes: Attributes, context: Context, type?: string): void {
  const kind = { tag, type: String(type ?? attributes.type ?? '').toLowerCase(), password: 'data-rr-is-password' in attributes };
  for (const name of Object.keys(attributes)) {
    const value = maskAttribute(kind, name.toLowerCase(), attributes[name], context, attributes);
    if (value === undefined) delete attributes[name];
    else attributes[name] = value;
  }
}

interface Kind { tag: string; type: string; password: boolean }

function maskAttribute(kind: Kind, name: string, value: unknown, context: Context, all: Attributes): unknown {
  const { level, allowed } = context;
  // Handlers and inner documents never run at replay; a nonce is a secret; the frame's own document is recorded.
  if (/^on|^(srcdoc|nonce|integrity)$/.test(name)) return undefined;
  // Which box is ticked is an answer like any other.
  if (name === 'checked' && level === 'strict' || name === 'selected' && !(level === 'open' && context.unmasked)) return undefined;
  if (name === 'style' && value && typeof value === 'object') return maskDeclarations(value as Attributes, context);
  if (typeof value !== 'string' || level === 'open' && name !== 'value' && !addresses.has(name)) return value;
  if (name === 'value' && (fields.has(kind.tag) || context.typed)) return maskValue(kind, value, context);
  if (name === 'style' || name === '_csstext') return maskCss(value, level, allowed);
  if (name === 'rr_dataurl' || level === 'strict' && media.has(name) && kind.tag !== 'script') return level === 'strict' ? undefined : value;
  if (addresses.has(name)) return maskUrl(value, level, allowed);
  if (addressLists.has(name)) return value.replace(/[^\s,]\S*/g, part => (/^[\d.]+[wx],?$/.test(part) ? part : maskUrl(part, level, allowed)));
  if (tokens.has(name)) return level === 'strict' ? maskTokens(value) : value;
  if (structural.has(name) || name.startsWith('rr_')) return value;
  if (kind.tag === 'meta' && /^(viewport|color-scheme|theme-color)$/.test(String(all.name))) return value;
  return maskText(value, level);
}

/** The value of a form field; the caption of a button is text. */
export function maskValue(kind: Kind, value: string, { level, unmasked }: Context): string {
  if (kind.tag === 'input' && buttons.has(kind.type)) return maskText(value, level);
  return maskTyped(value, level, unmasked, kind.password || kind.type === 'password');
}

/** rrweb gives changes of a style attribute as properties with a value, or a value and its priority. */
function maskDeclarations(style: Attributes, { level, allowed }: Context): Attributes {
  const mask = (name: string, value: unknown) => typeof value === 'string'
    ? maskCss(`${name}:${value}`, level, allowed).slice(name.length + 1) : value;
  return Object.fromEntries(Object.entries(style).map(([name, value]) =>
    [name, Array.isArray(value) ? [mask(name, value[0]), value[1]] : mask(name, value)]));
}

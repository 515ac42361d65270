import type { Privacy } from '../options';
import { keptAsIs } from './attributes';
import { stars } from './text';
import { maskUrl } from './url';

const cache = new Map<string, string>();

/** A stylesheet or a style attribute, as the level lets it leave. Cached: each snapshot brings the same sheets. */
export function maskCss(css: string, level: Privacy, allowed: readonly string[]): string {
  if (level === 'open' || !css) return css;
  const key = level + css;
  let masked = cache.get(key);
  if (masked === undefined) {
    masked = urls(level === 'strict' ? texts(css) : css, level, allowed);
    if (cache.size > 50) cache.clear();
    cache.set(key, masked);
  }
  return masked;
}

function texts(css: string): string {
  return css
    // rrweb marks with a comment where a sheet's text nodes meet, and needs it at replay.
    .replace(/\/\*[^]*?\*\//g, comment => (comment === '/* rr_split */' ? comment : ''))
    .replace(/(\bcontent\s*:|--[\w-]+\s*:)([^;}]*)/g, (_, name: string, value: string) => name + quoted(value))
    // Attribute values are masked in the document, so a selector that asks for one is masked alike and still fits.
    .replace(/\[\s*([\w-]+)\s*([~|^$*]?=)\s*("[^"]*"|'[^']*'|[^\]\s"']+)/g, (all, name: string, operator: string, value: string) =>
      keptAsIs(name) ? all : `[${name}${operator}"${stars(value.replace(/^["']|["']$/g, ''))}"`);
}

/** Strings become stars, but for icon characters and escapes. */
const quoted = (value: string) => value.replace(/"[^"]*"|'[^']*'/g, text =>
  /^.(\\[0-9a-f]{1,6}|[^\w\s]|\s)*.$/i.test(text) ? text : `"${stars(text.slice(1, -1))}"`);

function urls(css: string, level: Privacy, allowed: readonly string[]): string {
  return css.replace(/url\(\s*("[^"]*"|'[^']*'|[^)]*)\s*\)/gi, (all, quotedUrl: string) => {
    const url = quotedUrl.replace(/^["']|["']\s*$/g, '');
    if (url.startsWith('#') || /^data:(application\/)?(x-)?font/i.test(url)) return all;
    if (level !== 'strict') return `url("${maskUrl(url, level, allowed)}")`;
    // Pictures are blocked under strict; fonts are part of the layout.
    return /\.(woff2?|ttf|otf)([?#]|$)/i.test(url) ? `url("${maskUrl(url, level, allowed)}")` : 'url("")';
  });
}

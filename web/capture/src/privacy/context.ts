import { tighter, type Privacy } from '../options';
import type { Context } from './attributes';

const media = ['img', 'picture', 'video', 'audio', 'canvas', 'object', 'embed', 'svg image', 'input[type=image]'];

/** What is never recorded: only its size stays. */
export function blockSelector(level: Privacy): string {
  const blocked = level === 'strict'
    ? media.map(one => one + ':not([data-recount=unmask])')
    : media.flatMap(one => [`[data-recount=mask] ${one}`, `${one}[data-recount=mask]`]);
  return ['[data-recount=block]', ...blocked].join();
}

export const ignoreSelector = '[data-recount=ignore],[data-recount=ignore] *';

/** The context inside an element, from the context around it. An unmask loosens text by one level, typed values only under open. */
export function enter(around: Context, root: Privacy, tag: string, attribute: (name: string) => unknown): Context {
  const directive = attribute('data-recount');
  const editable = attribute('contenteditable');
  const typed = tag === 'textarea' || editable != null && editable !== 'false' && editable !== false
    || around.typed && editable !== 'false';
  if (directive === 'mask') return { ...around, level: 'strict', unmasked: false, typed };
  if (directive === 'unmask') return { ...around, level: root === 'strict' ? 'inputs' : 'open', unmasked: root === 'open', typed };
  return typed === around.typed ? around : { ...around, typed };
}

/** The context at a live node, through shadow roots and frames of the same origin. */
export function contextOf(node: Node | null, root: Context): Context {
  const up = parentOf(node);
  const around = up ? contextOf(up, root) : root;
  return node?.nodeType === 1
    ? enter(around, root.level, node.nodeName.toLowerCase(), name => (node as Element).getAttribute(name))
    : node?.nodeType === 9 && (node as Document).designMode === 'on' ? { ...around, typed: true } : around;
}

function parentOf(node: Node | null): Node | null {
  if (!node) return null;
  return node.parentNode ?? (node as ShadowRoot).host ?? (node as Document).defaultView?.frameElement ?? null;
}

export const rootContext = (level: Privacy, allowed: readonly string[] = []): Context =>
  ({ level: tighter('open', level), unmasked: false, typed: false, allowed });

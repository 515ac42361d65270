import { maskAttributes, maskValue, type Context } from './attributes';
import { contextOf, enter, ignoreSelector } from './context';
import { maskCss } from './css';
import { maskText, stars } from './text';
import { maskUrl } from './url';

/** The part of rrweb's mirror that masking needs: the live node behind an id. */
export interface Nodes {
  getNode(id: number): Node | null;
}

type Data = Record<string, any>;

/** What rrweb calls the source of an incremental event. */
const source = { mutation: 0, interaction: 2, scroll: 3, input: 5, rule: 8, canvas: 9, font: 10, declaration: 13, adopted: 15 };

/**
 * Masks an rrweb event in place. rrweb's own masking goes by element class and input type and has no hook for
 * attributes, so every event passes here before it becomes bytes.
 * @returns false when the event must not leave at all.
 */
export function maskEvent(event: { type: number; data: Data }, root: Context, nodes: Nodes): boolean {
  const { type, data } = event;
  if (type === 4) data.href = maskUrl(data.href, root.level, root.allowed);
  if (type === 2) maskNode(data.node, root, root, '', nodes);
  return type !== 3 || maskIncrement(data, root, nodes);
}

function maskIncrement(data: Data, root: Context, nodes: Nodes): boolean {
  const css = (text: string) => maskCss(text, root.level, root.allowed);
  switch (data.source) {
    case source.mutation:
      maskMutation(data, root, nodes);
      return true;
    case source.input:
      return maskInput(data, root, nodes);
    case source.interaction:
    case source.scroll:
      return !ignored(nodes.getNode(data.id));
    case source.rule:
      for (const add of data.adds ?? []) add.rule = css(add.rule);
      for (const name of ['replace', 'replaceSync']) if (data[name]) data[name] = css(data[name]);
      return true;
    case source.adopted:
      for (const style of data.styles ?? []) for (const rule of style.rules) rule.rule = css(rule.rule);
      return true;
    case source.declaration:
      if (data.set?.value) data.set.value = css(`${data.set.property}:${data.set.value}`).slice(data.set.property.length + 1);
      return true;
    case source.canvas:
    case source.font:
      return root.level !== 'strict';
    default:
      return true;
  }
}

function maskMutation(data: Data, root: Context, nodes: Nodes): void {
  for (const text of data.texts ?? []) {
    const parent = nodes.getNode(text.id)?.parentNode ?? null;
    if (text.value) text.value = maskContent(text.value, parent?.nodeName.toLowerCase() ?? '', contextOf(parent, root));
  }
  for (const change of data.attributes ?? []) {
    const element = nodes.getNode(change.id) as Element | null;
    const tag = element?.nodeName.toLowerCase() ?? '';
    const kind = element?.hasAttribute('data-rr-is-password') ? 'password' : element?.getAttribute('type') ?? undefined;
    const named = tag === 'meta' ? { name: element!.getAttribute('name') } : {};
    const masked = { ...named, ...change.attributes };
    maskAttributes(tag, masked, contextOf(element, root), kind);
    for (const name of Object.keys(change.attributes)) {
      if (name in masked) change.attributes[name] = masked[name];
      else delete change.attributes[name];
    }
  }
  for (const add of data.adds ?? []) {
    const parent = nodes.getNode(add.parentId);
    maskNode(add.node, contextOf(parent, root), root, parent?.nodeName.toLowerCase() ?? '', nodes);
  }
}

function maskInput(data: Data, root: Context, nodes: Nodes): boolean {
  const element = nodes.getNode(data.id) as HTMLInputElement | null;
  if (ignored(element)) return false;
  const tag = element?.nodeName.toLowerCase() ?? 'input';
  const context = contextOf(element, root);
  const kind = { tag, type: (element?.type ?? '').toLowerCase(), password: !!element?.hasAttribute('data-rr-is-password') };
  if (typeof data.text === 'string') data.text = maskValue(kind, data.text, context);
  if (context.level === 'strict') data.isChecked = false;
  return true;
}

/** Masks a serialized node and all below it. */
function maskNode(node: Data, around: Context, root: Context, parent: string, nodes: Nodes): void {
  if (typeof node.textContent === 'string') {
    // Comments are dropped by the recorder; whatever is left of them is text nobody saw.
    node.textContent = node.type === 5 ? '' : maskContent(node.textContent, parent, around);
    return;
  }
  const tag: string = node.tagName?.toLowerCase() ?? '';
  const context = node.attributes ? enter(around, root.level, tag, name => node.attributes[name]) : around;
  if (node.attributes) {
    // rrweb writes the attribute down even when the box is no longer ticked.
    if (tag === 'input' && !(nodes.getNode(node.id) as HTMLInputElement | null)?.checked) delete node.attributes.checked;
    maskAttributes(tag, node.attributes, context);
  }
  for (const child of node.childNodes ?? []) maskNode(child, context, root, tag, nodes);
}

/** The text of one node, by what it stands in. */
export function maskContent(text: string, parent: string, context: Context): string {
  if (parent === 'style') return maskCss(text, context.level, context.allowed);
  if (parent === 'script') return text && 'SCRIPT_PLACEHOLDER';
  // Never shown where scripts run, and its markup is one text that no attribute rule reaches.
  if (parent === 'noscript') return '';
  if (context.typed && !(context.level === 'open' && context.unmasked)) return stars(text);
  return maskText(text, context.level);
}

export const ignored = (node: Node | null) => node?.nodeType === 1 && (node as Element).matches(ignoreSelector);

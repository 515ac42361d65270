import type { Privacy } from '../options';
import { maskAttributes, maskValue, type Context } from './attributes';
import { blockSelector, enter, rootContext } from './context';
import { maskContent } from './events';

/** Not recorded, or recorded in a form that a replay shows differently: scripts, sheets, the head's machinery. */
const skipped = new Set(['script', 'noscript', 'style', 'link', 'meta', 'template']);
/** Attributes that a replay changes on purpose: addresses to load from, sizes of blocked elements, live state. */
const ignored = /^(on.*|src|srcset|imagesrcset|sizes|poster|href|xlink:href|action|style|value|checked|selected|autoplay|autofocus|autocomplete|srcdoc|nonce|integrity|target|rr_.*|data-rr-is-password)$/;
/** Classes that the player adds. */
const players = /^(rr|rrweb)-|^:hover$/;

/**
 * A document as indented lines of elements, attributes, texts and values: what an original shows after masking and what
 * its replay shows are equal when their outlines are.
 * @param level masks an original; left out for a replay, which is masked already.
 */
export function outline(document: Document, level?: Privacy): string[] {
  const lines: string[] = [];
  const root = rootContext(level ?? 'open');
  const blocked = level && blockSelector(level);
  walk(document, root, 0);
  return lines;

  function walk(node: Node, around: Context, depth: number): void {
    let text = '';
    const flush = () => {
      if (text.trim()) lines.push(' '.repeat(depth) + JSON.stringify(text.trim().replace(/\s+/g, ' ')));
      text = '';
    };
    for (const child of [...((node as Element).shadowRoot?.childNodes ?? []), ...node.childNodes]) {
      if (child.nodeType === 3) {
        const value = child.nodeValue ?? '';
        text += level ? maskContent(value, node.nodeName.toLowerCase(), around) : value;
      } else if (child.nodeType === 1) {
        flush();
        element(child as Element, around, depth);
      }
    }
    flush();
  }

  function element(one: Element, around: Context, depth: number): void {
    const tag = one.localName;
    if (skipped.has(tag)) return;
    if (blocked && one.matches(blocked)) {
      lines.push(`${' '.repeat(depth)}<${tag}${classes(one.getAttribute('class'))}>`);
      return;
    }
    const context = level ? enter(around, level, tag, name => one.getAttribute(name)) : around;
    lines.push(`${' '.repeat(depth)}<${tag}${attributes(one, tag, context)}>${value(one, tag, context)}`);
    if (tag === 'iframe') {
      const inner = (one as HTMLIFrameElement).contentDocument;
      if (inner) walk(inner, context, depth + 1);
    } else if (tag !== 'textarea') walk(one, context, depth + 1);
  }

  function attributes(one: Element, tag: string, context: Context): string {
    const all: Record<string, unknown> = Object.fromEntries([...one.attributes].map(({ name, value }) => [name, value]));
    if (level) maskAttributes(tag, all, context);
    return classes(all.class) + Object.keys(all).sort()
      .filter(name => name !== 'class' && !ignored.test(name))
      .map(name => ` ${name}=${JSON.stringify(all[name])}`).join('');
  }

  function value(one: Element, tag: string, context: Context): string {
    if (tag !== 'input' && tag !== 'textarea') return '';
    const field = one as HTMLInputElement;
    if (/^(checkbox|radio)$/.test(field.type)) return field.checked && context.level !== 'strict' ? ' (on)' : '';
    if (!field.value || /^(range|color|file)$/.test(field.type)) return '';
    const kind = { tag, type: field.type, password: field.hasAttribute('data-rr-is-password') };
    const masked = level ? maskValue(kind, field.value, context) : field.value;
    // A field of numbers or dates shows nothing when its value is stars.
    return /^(text|search|email|tel|url|password|textarea|submit|button|reset)$/.test(field.type) ? ` ${JSON.stringify(masked)}` : '';
  }
}

const classes = (value: unknown) => {
  const kept = String(value ?? '').split(/\s+/).filter(name => name && !players.test(name));
  return kept.length ? `.${kept.join('.')}` : '';
};

import type { Privacy } from '../options';
import { maskAttributes, maskValue, type Context } from './attributes';
import { blockSelector, enter, rootContext } from './context';
import { maskContent } from './events';

/**
 * Not recorded, or recorded in a form that a replay shows differently: scripts, sheets, the head's machinery. The last
 * is what the player puts in the place of what it must not build.
 */
const skipped = new Set(['script', 'noscript', 'style', 'link', 'meta', 'template', 'recount-dropped']);
/** Attributes that a replay changes on purpose: addresses to load from, sizes of blocked elements, live state. */
const changed = new RegExp('^(on.*|src|srcset|imagesrcset|sizes|poster|href|xlink:href|action|style|value|checked|selected'
  + '|autoplay|autofocus|autocomplete|srcdoc|nonce|integrity|target|rr_.*|data-rr-is-password)$');
/** Classes that the player adds. */
const players = /^(rr|rrweb)-|^:hover$/;
/** Fields that show whatever text is put into them; the others show nothing when it is stars. */
const textual = /^(text|search|email|tel|url|password|textarea|submit|button|reset)$/;

/**
 * A document as indented lines of elements, attributes, texts and values: what an original shows after masking and what
 * its replay shows are equal when their outlines are.
 * @param level masks an original; left out for a replay, which is masked already.
 */
export function outline(document: Document, level?: Privacy): string[] {
  const writer = new Outline(level);
  writer.inside(document, rootContext(level ?? 'open'), 0);
  return writer.lines;
}

class Outline {
  readonly lines: string[] = [];
  readonly #blocked: string | undefined;

  constructor(readonly level: Privacy | undefined) {
    this.#blocked = level && blockSelector(level);
  }

  /** Writes what is inside a node; texts that touch become one. */
  inside(node: Node, around: Context, depth: number): void {
    let text = '';
    const flush = () => {
      const shown = text.trim().replace(/\s+/g, ' ');
      if (shown) this.#write(depth, JSON.stringify(shown));
      text = '';
    };
    for (const child of [...((node as Element).shadowRoot?.childNodes ?? []), ...node.childNodes]) {
      if (child.nodeType === 3) text += this.#text(child, node, around);
      if (child.nodeType !== 1) continue;
      flush();
      this.#element(child as Element, around, depth);
    }
    flush();
  }

  #element(one: Element, around: Context, depth: number): void {
    const tag = one.localName;
    if (skipped.has(tag)) return;
    if (this.#blocked && one.matches(this.#blocked)) {
      this.#write(depth, `<${tag}${classes(one.getAttribute('class'))}>`);
      return;
    }
    const context = this.level ? enter(around, this.level, tag, name => one.getAttribute(name)) : around;
    this.#write(depth, `<${tag}${this.#attributes(one, tag, context)}>${this.#value(one, tag, context)}`);
    if (tag === 'textarea') return;
    const inner = tag === 'iframe' ? (one as HTMLIFrameElement).contentDocument : one;
    if (inner) this.inside(inner, context, depth + 1);
  }

  #text(text: Node, parent: Node, context: Context): string {
    const value = text.nodeValue ?? '';
    return this.level ? maskContent(value, parent.nodeName.toLowerCase(), context) : value;
  }

  #attributes(one: Element, tag: string, context: Context): string {
    const all: Record<string, unknown> = Object.fromEntries([...one.attributes].map(({ name, value }) => [name, value]));
    if (this.level) maskAttributes(tag, all, context);
    return classes(all.class) + Object.keys(all).sort()
      .filter(name => name !== 'class' && !changed.test(name))
      .map(name => ` ${name}=${JSON.stringify(all[name])}`).join('');
  }

  #value(one: Element, tag: string, context: Context): string {
    if (tag !== 'input' && tag !== 'textarea') return '';
    const field = one as HTMLInputElement;
    if (/^(checkbox|radio)$/.test(field.type)) return field.checked && context.level !== 'strict' ? ' (on)' : '';
    if (!field.value || !textual.test(field.type)) return '';
    const kind = { tag, type: field.type, password: field.hasAttribute('data-rr-is-password') };
    return ' ' + JSON.stringify(this.level ? maskValue(kind, field.value, context) : field.value);
  }

  #write(depth: number, line: string): void {
    this.lines.push(' '.repeat(depth) + line);
  }
}

function classes(value: unknown): string {
  const kept = String(value ?? '').split(/\s+/).filter(name => name && !players.test(name));
  return kept.length ? `.${kept.join('.')}` : '';
}

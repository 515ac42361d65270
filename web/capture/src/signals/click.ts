import { listen } from '../guard';
import type { Slot } from '../page';
import { contextOf, ignored, maskContent, stars } from '../privacy';
import { maskTokens } from '../privacy/attributes';
import type { Sink, Stop } from './signal';

/** A page that shows nothing new for this long has not reacted. */
export const reactionMs = 2000;

const interactive = 'a[href],button,input,select,textarea,label,summary,option,[role=button],[role=link],[role=tab],'
  + '[role=menuitem],[role=checkbox],[role=switch],[onclick],[tabindex]:not([tabindex="-1"])';

/** rrweb's sources that show that a page did something. */
const reactions = new Set([0, 3, 5, 7, 8, 13]);

interface Pending { slot: Slot; data: Record<string, unknown> }

/** Clicks, each with how long the page took to react. */
export class Clicks {
  #pending: Pending[] = [];

  constructor(private readonly sink: Sink) {}

  start(): Stop {
    const offs = [
      listen(window, 'click', (event: MouseEvent) => this.#click(event)),
      listen(window, 'pagehide', () => this.reacted()),
    ];
    return () => offs.forEach(off => off());
  }

  /** Clicks wait for the page's answer. */
  get open(): boolean { return this.#pending.length > 0; }

  /** The page changed in a way that rrweb saw. */
  note(source: number): void {
    if (reactions.has(source)) this.reacted();
  }

  /** The page changed: every click that waits has its answer. */
  reacted(): void {
    const now = this.sink.now();
    for (const { slot, data } of this.#pending) {
      const reaction = Math.round((now - slot.at) * 10) / 10;
      this.sink.rewrite(slot, { ...data, reaction: reaction <= reactionMs ? reaction : null });
    }
    this.#pending = [];
  }

  /** Closes the clicks that have waited long enough. */
  tick(): void {
    const now = this.sink.now();
    this.#pending = this.#pending.filter(({ slot, data }) => {
      if (now - slot.at <= reactionMs) return true;
      this.sink.rewrite(slot, { ...data, reaction: null });
      return false;
    });
  }

  #click(event: MouseEvent): void {
    const target = event.composedPath()[0] as Element | undefined;
    if (target?.nodeType !== 1 || ignored(target) || target.closest('[data-recount=block]')) return;
    const element = target.closest(interactive);
    const data = {
      selector: selector(element ?? target),
      text: this.#text(element ?? target),
      x: event.clientX, y: event.clientY,
      interactive: !!element || getComputedStyle(target).cursor === 'pointer',
    };
    const slot = this.sink.add('click', data);
    if (slot) this.#pending.push({ slot, data });
  }

  #text(element: Element): string {
    if (/^(SELECT|TEXTAREA|STYLE|SCRIPT)$/.test(element.nodeName)) return '';
    return visible(element, this.sink).replace(/\s+/g, ' ').trim().slice(0, 200);
  }
}

/** The element's text, each piece masked by where it stands. */
function visible(element: Element, sink: Sink): string {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let text = '';
  for (let node = walker.nextNode(); node && text.length < 400; node = walker.nextNode()) {
    const parent = node.parentElement!;
    if (parent.closest('script,style,noscript,[data-recount=block]')) continue;
    text += maskContent((node.nodeValue ?? '').slice(0, 400), parent.nodeName.toLowerCase(), contextOf(parent, sink.context));
  }
  return text;
}

/** A selector that lasts over releases: test ids, ids, then tag, class and position up to the nearest of them. */
export function selector(element: Element): string {
  const parts: string[] = [];
  for (let one: Element | null = element; one && parts.length < 5; one = one.parentElement) {
    const anchor = anchorOf(one);
    parts.unshift(anchor ?? step(one));
    if (anchor) break;
  }
  return parts.join(' > ').slice(0, 1000);
}

function anchorOf(element: Element): string | null {
  for (const name of ['data-testid', 'data-test', 'data-cy']) {
    const value = element.getAttribute(name);
    if (value) return `[${name}="${plain(value)}"]`;
  }
  return element.id ? `${element.localName}#${plain(element.id)}` : null;
}

function step(element: Element): string {
  const classes = [...element.classList].slice(0, 2).map(name => '.' + plain(name)).join('');
  const alike = [...element.parentElement?.children ?? []].filter(one => one.localName === element.localName);
  return element.localName + classes + (alike.length > 1 ? `:nth-of-type(${alike.indexOf(element) + 1})` : '');
}

/** Generated names differ on every release or name somebody. */
const plain = (name: string) => (/\s/.test(name) ? stars(name) : maskTokens(name));

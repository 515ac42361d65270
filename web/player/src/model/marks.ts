import type { Entry } from './entries';
import { causeInWords, pageName, withoutScheme } from './words';

export const MARK_KINDS = ['page', 'click', 'navigation', 'error', 'console', 'event', 'identify', 'gap'] as const;
export type MarkKind = (typeof MARK_KINDS)[number];

/** One line of the events list, and one marker on the time line. `text` is recorded text: shown as text only. */
export interface Mark {
  /** Session time, ms. */
  t: number;
  page: string;
  seq: number;
  i: number;
  kind: MarkKind;
  text: string;
  /** Asks for attention: an error, a failed click. */
  alarming: boolean;
}

/** Longest text of a line, in characters. */
const TEXT_LIMIT = 300;

/** What an entry says in the events list; null when it has no line there. */
export function markOf(entry: Entry): Pick<Mark, 'kind' | 'text' | 'alarming'> | null {
  const d = (typeof entry.d === 'object' && entry.d !== null ? entry.d : {}) as Record<string, unknown>;
  switch (entry.k) {
    case 'page': return line('page', pageName({ title: str(d.title), url: str(d.url) }));
    case 'click': return line('click', clicked(str(d.text), str(d.selector)), d.interactive === true && d.reaction === null);
    case 'navigation': return line('navigation', withoutScheme(str(d.url)) || 'Navigation');
    case 'error': return line('error', [str(d.name), str(d.message)].filter(Boolean).join(': ') || 'Error', true);
    case 'console': return line('console', consoleText(d), d.level === 'error');
    case 'event': return line('event', str(d.name) || 'Event');
    case 'identify': return line('identify', str(d.id) || 'Person');
    case 'gap': return line('gap', causeInWords('not_sent', str(d.reason)));
    default: return null;
  }
}

const line = (kind: MarkKind, text: string, alarming = false): Pick<Mark, 'kind' | 'text' | 'alarming'> =>
  ({ kind, text: text.slice(0, TEXT_LIMIT), alarming });

/** What was clicked: its text, or else the last element of its selector, which names it well enough to be found. */
const clicked = (text: string, selector: string): string => text || selector.split(/\s*>\s*/).pop() || 'Click';

const str = (value: unknown): string => (typeof value === 'string' ? value : '');

function consoleText(d: Record<string, unknown>): string {
  const args = Array.isArray(d.arguments) ? d.arguments.filter((it): it is string => typeof it === 'string') : [];
  const count = typeof d.count === 'number' && d.count > 1 ? ` (${d.count} times)` : '';
  return `${args.join(' ') || str(d.level) || 'Console'}${count}`;
}

const RRWEB_INCREMENT = 3;
/** rrweb sources that a person causes: mouse move, mouse interaction, scroll, resize, input, touch move, drag. */
const PERSONAL_SOURCES = new Set([1, 2, 3, 4, 5, 6, 12]);

/** A person did something: what "skip inactivity" must not jump over. */
export function isInteraction(entry: Entry): boolean {
  if (entry.k === 'click' || entry.k === 'navigation' || entry.k === 'page') return true;
  if (entry.k !== 'rrweb') return false;
  const event = entry.d as { type?: unknown; data?: { source?: unknown } } | null;
  return event?.type === RRWEB_INCREMENT && PERSONAL_SOURCES.has(event.data?.source as number);
}

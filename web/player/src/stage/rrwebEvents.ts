import type { eventWithTime } from '@rrweb/types';
import type { Entry } from '../model/entries';
import type { EntryTimes } from '../model/pageClock';
import type { Page } from '../model/manifest';
import { sanitizeEvent } from './sanitize';
import { SchemeEvents } from './scheme';

export const FULL_SNAPSHOT = 2;
export const INCREMENT = 3;
export const META = 4;
export const CUSTOM = 5;

/** Session time 0 in rrweb's timestamps: it takes 0 for "no timestamp", and pages may start before the session. */
export const RRWEB_EPOCH = 1e9;
/** Two entries of one moment are this far apart, ms: rrweb's timer keeps the order of different times only. */
const TICK_MS = 1e-4;

/**
 * Turns entries into the events of one replayer: times of the session instead of the recorded wall clock, order of
 * (seq, position), the visitor's colours, nothing that could leave the stage. Leaves out what comes before the first
 * full snapshot.
 */
export class EventStream {
  private last = Number.NEGATIVE_INFINITY;
  private begun = false;
  private meta: eventWithTime | null = null;
  private readonly scheme: SchemeEvents;

  constructor(private page: Page, private readonly times: EntryTimes) {
    this.scheme = new SchemeEvents(page.color_scheme);
  }

  /** The page has grown: a newer manifest knows of a later end. */
  continueWith(page: Page): void {
    this.page = page;
    this.times.continueWith(page);
  }

  take(entries: readonly Entry[]): eventWithTime[] {
    const events: eventWithTime[] = [];
    for (const entry of entries) {
      const time = this.times.of(entry.at);
      if (entry.k !== 'rrweb' || !isEvent(entry.d)) continue;
      sanitizeEvent(entry.d);
      this.scheme.apply(entry.d);
      entry.d.timestamp = this.stamp(time);
      this.push(entry.d, events);
    }
    return events;
  }

  private push(event: eventWithTime, events: eventWithTime[]): void {
    const type = event.type as number;
    if (this.begun) {
      events.push(event);
    } else if (type === META) {
      this.meta = event;
    } else if (type === FULL_SNAPSHOT) {
      this.begun = true;
      const meta = this.meta ?? this.substituteMeta();
      meta.timestamp = event.timestamp - TICK_MS / 2;
      events.push(meta, event);
    }
  }

  /** rrweb takes the size of the picture from a meta event; without one the page's own viewport is it. */
  private substituteMeta(): eventWithTime {
    const { width, height } = this.page.viewport;
    return { type: META, timestamp: 0, data: { href: '', width, height } } as eventWithTime;
  }

  private stamp(time: number): number {
    this.last = Math.max(RRWEB_EPOCH + time, this.last + TICK_MS);
    return this.last;
  }
}

/** The shape without which rrweb throws; it copes with the rest or fails for one event. */
function isEvent(value: unknown): value is eventWithTime {
  if (typeof value !== 'object' || value === null) return false;
  const { type, data } = value as { type?: unknown; data?: unknown };
  const isObject = typeof data === 'object' && data !== null;
  if (type === META) {
    const size = data as { width?: unknown; height?: unknown };
    return isObject && typeof size.width === 'number' && typeof size.height === 'number';
  }
  if (type === FULL_SNAPSHOT) return isObject && typeof (data as { node?: unknown }).node === 'object';
  return type === INCREMENT && isObject && isIncrement(data as Record<string, unknown>);
}

const MOVES = new Set([1, 6, 12]);

/** rrweb reads the first position of a move without asking whether there is one. */
function isIncrement(data: Record<string, unknown>): boolean {
  return !MOVES.has(data.source as number) || (Array.isArray(data.positions) && data.positions.length > 0);
}

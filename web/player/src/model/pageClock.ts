import type { Page } from './manifest';

/** How far beyond its page's end an entry may lie before its clock value counts as unknown, ms. */
const END_TOLERANCE_MS = 60_000;

/** Session time of a page clock value: the stretch with the greatest `from_clock` not above it decides. */
export function sessionTime(page: Page, clock: number): number {
  let start = page.start_ms;
  let from = Number.NEGATIVE_INFINITY;
  for (const stretch of page.stretches) {
    if (stretch.from_clock <= clock && stretch.from_clock >= from) {
      from = stretch.from_clock;
      start = stretch.start_ms;
    }
  }
  return start + clock;
}

/** The same within its page: a clock value that cannot be true must not stretch the line. */
export function timeWithin(page: Page, clock: number): number {
  return Math.min(Math.max(sessionTime(page, clock), page.start_ms), page.end_ms);
}

/**
 * Times of a page's entries in play order. An entry whose clock is no finite number, is negative or lies beyond the
 * page's end plays with the one before it: one wild value must not drag all that follow to the end of the line.
 * Times never go back, so what rrweb sorts by is the order of (seq, position).
 */
export class EntryTimes {
  private last: number;

  constructor(private page: Page, start: number) {
    this.last = start;
  }

  continueWith(page: Page): void {
    this.page = page;
  }

  of(at: unknown): number {
    if (typeof at === 'number' && Number.isFinite(at) && at >= 0) {
      const time = sessionTime(this.page, at);
      if (time <= this.page.end_ms + END_TOLERANCE_MS && time > this.last) this.last = time;
    }
    return this.last;
  }
}

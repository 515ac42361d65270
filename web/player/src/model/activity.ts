import type { Block, Page } from './manifest';
import { EntryTimes, timeWithin } from './pageClock';
import { isInteraction, markOf, type Mark } from './marks';
import type { Chunk } from './entries';

/** Most lines that are kept of one session. */
export const MARK_LIMIT = 20_000;

/** Least distance of two kept interactions, ms; nearer ones tell nothing more about inactivity. */
const INTERACTION_GRAIN_MS = 500;

/** What one loaded block says about activity. */
export interface BlockActivity {
  page: string;
  fromMs: number;
  toMs: number;
  marks: Mark[];
  /** Session times of what a person did, ascending. */
  interactions: number[];
  /** Session times of all entries, ascending: what the sparkline counts. */
  times: number[];
}

/** Session time range of a block; an unknown clock falls back to its page's start or end. */
export function blockRange(page: Page, block: Block): [number, number] {
  const from = block.from === null ? page.start_ms : timeWithin(page, block.from);
  const to = block.to === null ? from : timeWithin(page, block.to);
  return [from, Math.max(from, to)];
}

export function activityOf(page: Page, block: Block, chunks: Chunk[]): BlockActivity {
  const [fromMs, toMs] = blockRange(page, block);
  const times = new EntryTimes(page, fromMs);
  const result: BlockActivity = { page: page.page, fromMs, toMs, marks: [], interactions: [], times: [] };
  for (const { seq, entries } of chunks) {
    entries.forEach((entry, i) => {
      const t = times.of(entry.at);
      result.times.push(t);
      const last = result.interactions[result.interactions.length - 1];
      if (isInteraction(entry) && (last === undefined || t - last >= INTERACTION_GRAIN_MS)) result.interactions.push(t);
      const mark = markOf(entry);
      if (mark !== null) result.marks.push({ ...mark, t, page: page.page, seq, i });
    });
  }
  return result;
}

/** A stretch in which nobody did anything is jumped over from this length on, ms. */
export const INACTIVITY_MS = 10_000;
/** How much of it is still shown before the next interaction, ms. */
const LEAD_IN_MS = 1_000;

/**
 * Where to jump from `t` when inactivity is skipped: shortly before the next interaction, or before `untilMs` when
 * there is none; null when too little would be saved. `interactions` must cover `t` to `untilMs`.
 */
export function skipTarget(interactions: readonly number[], t: number, untilMs: number): number | null {
  let low = 0;
  let high = interactions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (interactions[middle]! <= t) low = middle + 1;
    else high = middle;
  }
  const before = interactions[low - 1] ?? Number.NEGATIVE_INFINITY;
  const next = Math.min(interactions[low] ?? untilMs, untilMs);
  if (!Number.isFinite(next) || next - Math.max(before, t) <= INACTIVITY_MS || t - before < LEAD_IN_MS) return null;
  return next - LEAD_IN_MS;
}

import type { BlockActivity } from '../model/activity';
import { blockRange } from '../model/activity';
import type { Block, Page } from '../model/manifest';
import type { Place, Timeline } from '../model/timeline';
import type { BlockStore } from './blockStore';

interface ActivitySource {
  activity(page: Page, block: Block): BlockActivity | null;
}

/** What a person did from shortly before `t` on, and up to which time that is known. */
export function activityAhead(timeline: Timeline, place: Place, t: number, source: ActivitySource):
  { interactions: number[]; untilMs: number } {
  if (place.held) return { interactions: [], untilMs: place.untilMs };
  const track = timeline.tracks.find(({ page }) => page === place.page);
  const interactions: number[] = [place.page.start_ms];
  let untilMs = Math.min(place.page.end_ms, timeline.nextOpening(t));
  outer: for (const span of track?.spans ?? []) {
    if (span.endMs < t) continue;
    if (span.kind === 'blank') {
      untilMs = Math.min(untilMs, span.startMs);
      break;
    }
    for (const { block } of span.chunks) {
      const activity = source.activity(place.page, block);
      if (activity === null) {
        untilMs = Math.min(untilMs, Math.max(t, blockRange(place.page, block)[0]));
        break outer;
      }
      interactions.push(...activity.interactions);
    }
  }
  return { interactions: interactions.sort((a, b) => a - b), untilMs };
}

/** Ranges of the time line that are in memory, merged and ascending. */
export function bufferedRanges(timeline: Timeline, store: BlockStore): [number, number][] {
  const ranges: [number, number][] = [];
  for (const { page, spans } of timeline.tracks) {
    for (const span of spans) {
      if (span.kind !== 'run') continue;
      const blocks = [...new Set(span.chunks.map(({ block }) => block))];
      blocks.forEach((block, index) => {
        if (!store.has(page, block)) return;
        const next = blocks[index + 1];
        ranges.push([
          index === 0 ? span.startMs : blockRange(page, block)[0],
          next === undefined ? span.endMs : blockRange(page, next)[0],
        ]);
      });
    }
  }
  return merged(ranges);
}

function merged(ranges: [number, number][]): [number, number][] {
  const result: [number, number][] = [];
  for (const [from, to] of ranges.sort((a, b) => a[0] - b[0])) {
    const last = result[result.length - 1];
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}

/** Entries per second of session time, as [second, count]. */
export function countsPerSecond(times: readonly number[]): [number, number][] {
  const counts = new Map<number, number>();
  for (const t of times) {
    const second = Math.floor(t / 1000);
    counts.set(second, (counts.get(second) ?? 0) + 1);
  }
  return [...counts];
}

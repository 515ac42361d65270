import type { Block, GapCause, Manifest, Page } from './manifest';
import { spansOf, type Run, type Span } from './spans';

/** What shows at one moment of the session. */
export interface Place {
  page: Page;
  span: Span;
  /** The page was over by then and its last picture stays until the next one opens. */
  held: boolean;
  /** From here on something else may show; infinite when nothing follows. */
  untilMs: number;
}

export interface Track {
  page: Page;
  spans: Span[];
  /** From here on the page may show: its start, or the end of the page that it follows. */
  fromMs: number;
}

/** Longest overlap of two pages that still counts as one following the other, ms. */
const HANDOVER_MS = 5_000;

/**
 * The session's time line. Pages that overlap (two tabs) are tracks: the one opened last shows, unless the viewer has
 * chosen another by its id. A page that follows another shows when that is over, even if it seems to begin before.
 */
export class Timeline {
  readonly tracks: Track[];
  readonly endMs: number;

  constructor(readonly manifest: Manifest, readonly bad: ReadonlyMap<Block, GapCause>) {
    this.tracks = manifest.pages
      .map((page) => ({ page, spans: spansOf(page, bad), fromMs: shownFrom(page, manifest.pages) }))
      .sort((a, b) => a.fromMs - b.fromMs || a.page.ordinal - b.page.ordinal);
    this.endMs = this.tracks.reduce((end, { page }) => Math.max(end, page.end_ms), manifest.duration_ms);
  }

  at(t: number, pinned: string | null = null): Place | null {
    const first = this.tracks[0];
    if (first === undefined) return null;
    // Up to and with its last moment: the page that follows may begin before that, as far as its start is known.
    const chosen = this.tracks.find(({ page }) => page.page === pinned && page.start_ms <= t && t <= page.end_ms);
    if (chosen !== undefined) return placeOf(chosen, spanAt(chosen.spans, t), Infinity);
    const open = this.openAt(t);
    return this.openedLast(open, t) ?? this.held(t) ?? placeOf(first, first.spans[0]!, Infinity);
  }

  /** The pages that were open at `t`, the one opened last as the last. */
  openAt(t: number): Track[] {
    return this.tracks.filter(({ page, fromMs }) => fromMs <= t && t < page.end_ms);
  }

  /** When the next page opens after `t`; infinite when none does. */
  nextOpening(t: number): number {
    return this.tracks.find(({ fromMs }) => fromMs > t)?.fromMs ?? Infinity;
  }

  /** What plays from the first page's start to the end, place after place. */
  *places(): Generator<{ fromMs: number; place: Place }> {
    let t = Math.min(0, this.tracks[0]?.page.start_ms ?? 0);
    for (let place = this.at(t); place !== null && t < this.endMs; place = this.at(t)) {
      yield { fromMs: t, place };
      t = place.untilMs;
    }
  }

  /** The page opened last, or of those open the last one that has a picture. */
  private openedLast(open: Track[], t: number): Place | null {
    const spans = open.map((track) => ({ track, span: spanAt(track.spans, t) }));
    const shown = spans.filter(({ span }) => span.kind === 'run').pop() ?? spans.pop();
    if (shown === undefined) return null;
    const rival = this.tracks.find(({ page, fromMs }) => fromMs > t && page.end_ms > fromMs)?.fromMs ?? Infinity;
    const change = open.reduce((until, { spans: own }) => Math.min(until, spanAt(own, t).endMs), rival);
    return placeOf(shown.track, shown.span, change);
  }

  private held(t: number): Place | null {
    let last: Track | undefined;
    for (const track of this.tracks) {
      if (track.page.end_ms <= t && (last === undefined || track.page.end_ms >= last.page.end_ms)) last = track;
    }
    if (last === undefined) return null;
    return {
      page: last.page, span: last.spans[last.spans.length - 1]!, held: true,
      untilMs: this.nextOpening(t),
    };
  }

  /** Blocks in the order in which they are needed when playing on from `t`, each once; then those before it. */
  *blocksFrom(t: number): Generator<{ page: Page; block: Block }> {
    const seen = new Set<Block>();
    for (const later of [true, false]) {
      for (const { page, spans } of this.tracks) {
        for (const span of spans) {
          if (later !== span.endMs > t) continue;
          for (const { block } of span.chunks) {
            if (seen.has(block) || this.bad.has(block)) continue;
            seen.add(block);
            yield { page, block };
          }
        }
      }
    }
  }

  /** The run that holds a page's chunk `seq` as its first; how a run is found again after the manifest has changed. */
  run(page: string, firstSeq: number): Run | null {
    const track = this.tracks.find((it) => it.page.page === page);
    const span = track?.spans.find((it) => it.kind === 'run' && it.firstSeq === firstSeq);
    return span?.kind === 'run' ? span : null;
  }
}

/**
 * A measured start is late by the delay of what was sent, so a page may seem to begin before the end of the one that it
 * follows. Shown at once it would hide how that one ended: the click that led on.
 */
function shownFrom(page: Page, all: readonly Page[]): number {
  const before = all.find((other) => other.ordinal === page.ordinal - 1);
  if (before === undefined) return page.start_ms;
  const overlap = before.end_ms - page.start_ms;
  const doubt = Math.min(before.error_ms + page.error_ms, HANDOVER_MS);
  const follows = overlap > 0 && overlap <= doubt && before.start_ms < page.start_ms && before.end_ms < page.end_ms;
  return follows ? before.end_ms : page.start_ms;
}

const placeOf = (track: Track, span: Span, limit: number): Place =>
  ({ page: track.page, span, held: false, untilMs: Math.min(span.endMs, limit) });

function spanAt(spans: Span[], t: number): Span {
  let low = 0;
  let high = spans.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (spans[middle]!.startMs <= t) low = middle;
    else high = middle - 1;
  }
  return spans[low]!;
}

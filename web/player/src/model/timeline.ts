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

interface Track {
  page: Page;
  spans: Span[];
}

/**
 * The session's time line. Pages that overlap (two tabs) are tracks: the one opened last shows, unless the viewer has
 * chosen another by its id.
 */
export class Timeline {
  readonly tracks: Track[];
  readonly endMs: number;

  constructor(readonly manifest: Manifest, readonly bad: ReadonlyMap<Block, GapCause>) {
    this.tracks = manifest.pages
      .map((page) => ({ page, spans: spansOf(page, bad) }))
      .sort((a, b) => a.page.start_ms - b.page.start_ms || a.page.ordinal - b.page.ordinal);
    this.endMs = this.tracks.reduce((end, { page }) => Math.max(end, page.end_ms), manifest.duration_ms);
  }

  at(t: number, pinned: string | null = null): Place | null {
    const first = this.tracks[0];
    if (first === undefined) return null;
    const open = this.tracks.filter(({ page }) => page.start_ms <= t && t < page.end_ms);
    const chosen = open.find(({ page }) => page.page === pinned);
    const track = chosen ?? open[open.length - 1];
    if (track !== undefined) return this.open(track, t, chosen !== undefined);
    return this.held(t) ?? this.open(first, first.page.start_ms, false);
  }

  private open(track: Track, t: number, pinned: boolean): Place {
    const span = spanAt(track.spans, t);
    const rival = pinned ? undefined : this.tracks.find(({ page }) => page.start_ms > t && page.end_ms > page.start_ms);
    return { page: track.page, span, held: false, untilMs: Math.min(span.endMs, rival?.page.start_ms ?? Infinity) };
  }

  private held(t: number): Place | null {
    let last: Track | undefined;
    for (const track of this.tracks) {
      if (track.page.end_ms <= t && (last === undefined || track.page.end_ms >= last.page.end_ms)) last = track;
    }
    if (last === undefined) return null;
    const next = this.tracks.find(({ page }) => page.start_ms > t);
    return {
      page: last.page, span: last.spans[last.spans.length - 1]!, held: true,
      untilMs: next?.page.start_ms ?? Infinity,
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

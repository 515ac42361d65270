import type { Block, Gap, GapCause, Page } from './manifest';
import { timeWithin } from './pageClock';

/** A chunk and the block that holds it. */
export interface ChunkRef {
  seq: number;
  block: Block;
}

/** Chunks that play together: a full snapshot and what follows it up to the next snapshot, gap or end. */
export interface Run {
  kind: 'run';
  page: Page;
  firstSeq: number;
  chunks: ChunkRef[];
  startMs: number;
  endMs: number;
}

/** Why there is no picture: a cause of the closed list, or the player's own words for what is no loss. */
export type BlankCause = GapCause | 'no_snapshot' | 'nothing_yet';

/** A stretch of a page without a picture. */
export interface Blank {
  kind: 'blank';
  page: Page;
  cause: BlankCause;
  reason: string | null;
  firstSeq: number;
  lastSeq: number;
  startMs: number;
  /** End of what is missing; from there to `endMs` the player waits for the next full snapshot. */
  missingEndMs: number;
  endMs: number;
  /** Chunks that are there but cannot be drawn without a snapshot. Their events are still listed. */
  chunks: ChunkRef[];
}

export type Span = Run | Blank;

/** What this player itself found out about a block. */
export type Verdicts = ReadonlyMap<Block, GapCause>;

/** One step of a page in order of seq: chunks with a snapshot first, chunks that follow, or something missing. */
interface Piece {
  seq: number;
  lastSeq: number;
  chunk: ChunkRef | null;
  snapshot: boolean;
  cause: GapCause;
  reason: string | null;
  from: number | null;
  to: number | null;
}

/** Cuts a page into what plays and what does not, in play order, without holes from `start_ms` to `end_ms`. */
export function spansOf(page: Page, bad: Verdicts): Span[] {
  const spans = assemble(page, pieces(page, bad));
  if (spans.length === 0) spans.push(blank(page, 'nothing_yet', page.start_ms, 0, 0, null));
  return close(page, spans);
}

function pieces(page: Page, bad: Verdicts): Piece[] {
  const missing = page.gaps.slice().sort((a, b) => a.from_seq - b.from_seq);
  const known = new Map<number, Piece>();
  for (const block of page.blocks) {
    const cause = bad.get(block);
    block.chunks.forEach(([seq], index) => {
      const there = known.get(seq);
      if (there?.chunk) return;
      known.set(seq, {
        seq, lastSeq: seq,
        chunk: cause === undefined ? { seq, block } : null,
        snapshot: block.snapshot && index === 0,
        cause: cause ?? 'not_received', reason: null,
        from: block.from, to: block.to,
      });
    });
  }
  return withGaps([...known.values()].sort((a, b) => a.seq - b.seq), missing);
}

function withGaps(chunks: Piece[], gaps: Gap[]): Piece[] {
  const result: Piece[] = [];
  let next = 0;
  let expected = 0;
  const takeGapsUpTo = (seq: number): void => {
    for (let gap = gaps[next]; gap !== undefined && gap.from_seq <= seq; gap = gaps[++next]) {
      result.push({ seq: gap.from_seq, lastSeq: gap.to_seq, chunk: null, snapshot: false, ...pick(gap) });
      expected = Math.max(expected, gap.to_seq + 1);
    }
  };
  for (const piece of chunks) {
    takeGapsUpTo(piece.seq);
    if (piece.seq > expected) result.push(unexplained(expected, piece.seq - 1));
    result.push(piece);
    expected = Math.max(expected, piece.seq + 1);
  }
  takeGapsUpTo(Number.POSITIVE_INFINITY);
  return result;
}

const pick = (gap: Gap) => ({ cause: gap.cause, reason: gap.reason, from: gap.from, to: gap.to });

const unexplained = (seq: number, lastSeq: number): Piece => ({
  seq, lastSeq, chunk: null, snapshot: false, cause: 'not_received', reason: null, from: null, to: null,
});

function assemble(page: Page, all: Piece[]): Span[] {
  const spans: Span[] = [];
  let now = page.start_ms;
  for (const piece of all) {
    const current = spans[spans.length - 1];
    const start = piece.from === null ? now : Math.max(now, timeWithin(page, piece.from));
    if (piece.chunk === null) {
      extendOrPush(spans, page, piece, piece.from === null ? now : start);
    } else if (piece.snapshot && !sameBlockStart(current, piece)) {
      spans.push({ kind: 'run', page, firstSeq: piece.seq, chunks: [piece.chunk], startMs: start, endMs: start });
    } else if (current !== undefined) {
      current.chunks.push(piece.chunk);
      if (current.kind === 'blank') current.missingEndMs = Math.min(current.missingEndMs, start);
    } else {
      const first = blank(page, 'no_snapshot', page.start_ms, piece.seq, piece.lastSeq, null);
      first.chunks.push(piece.chunk);
      spans.push(first);
    }
    now = Math.max(now, piece.to === null ? start : timeWithin(page, piece.to));
  }
  return spans;
}

/** Adjacent losses of one cause are one gap to the viewer. */
function extendOrPush(spans: Span[], page: Page, piece: Piece, start: number): void {
  const current = spans[spans.length - 1];
  if (current?.kind === 'blank' && current.cause === piece.cause && current.reason === piece.reason
    && current.chunks.length === 0) {
    current.lastSeq = Math.max(current.lastSeq, piece.lastSeq);
    return;
  }
  const added = blank(page, piece.cause, start, piece.seq, piece.lastSeq, piece.reason);
  if (piece.to !== null) added.missingEndMs = Math.max(start, timeWithin(page, piece.to));
  spans.push(added);
}

const sameBlockStart = (current: Span | undefined, piece: Piece): boolean =>
  current?.kind === 'run' && current.firstSeq === piece.seq;

function blank(page: Page, cause: BlankCause, startMs: number, firstSeq: number, lastSeq: number,
  reason: string | null): Blank {
  return {
    kind: 'blank', page, cause, reason, firstSeq, lastSeq, startMs,
    missingEndMs: Number.POSITIVE_INFINITY, endMs: startMs, chunks: [],
  };
}

/** A page may be open this long before its first full picture without that being a gap, ms: it is loading. */
const LOADING_MS = 3_000;

/** Gives each span its end: where the next one starts, and the page's end for the last. */
function close(page: Page, spans: Span[]): Span[] {
  spans[0]!.startMs = Math.min(page.start_ms, spans[0]!.startMs);
  const [first, second] = spans;
  if (first?.kind === 'blank' && first.cause === 'no_snapshot' && second?.kind === 'run'
    && second.startMs - first.startMs <= LOADING_MS) second.startMs = first.startMs;
  let floor = spans[0]!.startMs;
  spans.forEach((span, index) => {
    const next = spans[index + 1];
    span.startMs = Math.max(floor, span.startMs);
    span.endMs = Math.max(span.startMs, next === undefined ? Math.max(page.end_ms, span.startMs) : next.startMs);
    if (span.kind === 'blank') span.missingEndMs = Math.min(span.missingEndMs, span.endMs);
    floor = span.endMs;
  });
  return spans;
}

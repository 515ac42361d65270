import type { Privacy } from './options';
import type { Place } from './session';

/** One upload of a page. Identity is session, page and seq; a gap may take the body's place, never the identity's. */
export interface Chunk {
  session: string;
  page: string;
  seq: number;
  w: string;
  /** NDJSON, or its gzip stream. */
  body: string | Uint8Array<ArrayBuffer>;
  bytes: number;
  /** The `page` entry when seq is 0: it survives when the rest becomes a gap. */
  head: string;
  from: number;
  to: number;
  n: number;
  captured: number;
  dropped: number;
  last: boolean;
  /** It starts with a full snapshot, so what came before can be left out. */
  snapshot: boolean;
  gap: boolean;
  /** It was on its way once, so other content must never follow under its identity. */
  sent: boolean;
  /** The document that answers for it. */
  owner: string;
  /** Level at which it was captured. */
  privacy: Privacy;
  /** The page's wall clock when it opened; only a hint which page is older. */
  opened: number | null;
}

export type GapReason =
  'outbox_full' | 'outbox_lost' | 'refused' | 'entry_too_large' | 'not_captured' | 'paused' | 'limit_reached';

export const byteLength = (text: string) => new TextEncoder().encode(text).length;

export const entryLine = (at: number, k: string, d: unknown) => JSON.stringify({ at, k, d });

/**
 * Replaces what a chunk holds by an entry that says why it is missing; seq and page entry stay.
 * @returns how many entries are lost.
 */
export function becomeGap(chunk: Chunk, reason: GapReason, refusal?: string): number {
  const { from, to, bytes } = chunk;
  const count = chunk.n - (chunk.head ? 1 : 0);
  const gap = entryLine(from, 'gap', { reason, count, bytes, from, to, refusal });
  chunk.body = (chunk.head && chunk.head + '\n') + gap + '\n';
  chunk.bytes = byteLength(chunk.body);
  chunk.dropped += count;
  chunk.n = chunk.head ? 2 : 1;
  chunk.gap = true;
  return count;
}

/** Compresses the body where the browser can, and only when that makes it smaller. */
export async function compress(chunk: Chunk): Promise<void> {
  if (typeof chunk.body !== 'string' || chunk.bytes < 512 || typeof CompressionStream === 'undefined') return;
  const body = chunk.body;
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'));
  const zipped = new Uint8Array(await new Response(stream).arrayBuffer());
  // Meanwhile the body may have become a gap.
  if (chunk.body !== body || zipped.length >= chunk.bytes) return;
  chunk.body = zipped;
  chunk.bytes = zipped.length;
}

/** The address of a chunk. `clock` is left out by a document that is not the chunk's own. */
export function address(base: string, chunk: Chunk, sent: number | null, clock?: number): string {
  const query = new URLSearchParams({ w: chunk.w });
  if (sent !== null) query.set('sent', String(sent));
  if (clock !== undefined) query.set('clock', String(clock));
  for (const name of ['from', 'to', 'n', 'captured', 'dropped'] as const) query.set(name, String(chunk[name]));
  if (chunk.last) query.set('last', '1');
  if (typeof chunk.body !== 'string') query.set('enc', 'gzip');
  return `${base}/${chunk.session}/${chunk.page}/${chunk.seq}?${query}`;
}

/** The part of a chunk that its page and session give. */
export const identity = (place: Place, page: string, seq: number) =>
  ({ session: place.session, w: place.w, page, seq });

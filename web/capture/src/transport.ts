import { address, type Chunk } from './chunk';
import { wall } from './clock';

// Kept at load: a page may replace fetch by one that records, retries or throws.
const send = fetch.bind(globalThis);

/** The most a body may measure as sent. */
export const bodyLimit = 4 * 1024 * 1024;

/** What became of an upload. */
export type Outcome =
  | { state: 'accepted' }
  /** The same chunk will not be taken later. */
  | { state: 'refused'; reason: string }
  /** The same, and so would be any chunk of the key, until somebody mends it; not before so many ms. */
  | { state: 'closed'; afterMs: number }
  /** Worth another try, not before so many ms. */
  | { state: 'later'; afterMs: number };

/** Refusals of a key, not of a chunk: a paused app may go on and a mistyped key be put right. */
const ofKey = new Set(['key_malformed', 'key_unknown', 'key_retired', 'app_paused', 'origin_not_allowed']);

/** How long a refused key is left alone, unless the server asks for longer. */
const closedMs = 3_600_000;

const later = (afterMs = 0): Outcome => ({ state: 'later', afterMs });

/**
 * Uploads one chunk. Only a receipt of this very chunk counts as accepted: what a captive portal or a proxy answers
 * is a reason to try again.
 */
export async function post(base: string, chunk: Chunk, clock?: number, keepalive = false): Promise<Outcome> {
  const { body, seq, page, bytes } = chunk;
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), 60_000);
  try {
    const response = await send(address(base, chunk, wall(), clock), {
      method: 'POST', credentials: 'omit', keepalive, signal: abort.signal,
      body, headers: { 'Content-Type': 'text/plain' },
    });
    const answer = await response.json().catch(() => null);
    if (response.status === 202 && answer?.page === page && answer.seq === seq && answer.bytes === bytes) {
      return { state: 'accepted' };
    }
    const afterMs = retryAfter(answer?.retry_after_ms, response.headers.get('Retry-After'));
    if (answer?.final !== true || typeof answer.reason !== 'string') return later(afterMs);
    return ofKey.has(answer.reason) ? { state: 'closed', afterMs: Math.max(afterMs, closedMs) } : { state: 'refused', reason: answer.reason };
  } catch {
    return later();
  } finally {
    clearTimeout(timer);
  }
}

function retryAfter(body: unknown, header: string | null): number {
  const ms = typeof body === 'number' ? body : Number(header) * 1000;
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, 86_400_000) : 0;
}

/** Full jitter: from nothing up to 1 s, 2 s, 4 s … 60 s, but never before the server's own time. */
export function backoff(attempt: number, afterMs: number, random = Math.random): number {
  return afterMs + random() * Math.min(60_000, 1000 * 2 ** Math.min(attempt, 10));
}

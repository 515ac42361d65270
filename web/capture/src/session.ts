import { wall } from './clock';
import { randomHex, uuid } from './random';
import type { LocalStore } from './storage';

/** 30 min without activity end a session. */
export const idleLimitMs = 30 * 60_000;
/** A session lasts at most 24 h. */
export const sessionLimitMs = 24 * 3_600_000;

/** One session over all tabs of a browser, as it lies in localStorage. */
export interface Session {
  session: string;
  /** Write key: 128 random bits. Whoever has only the session's address cannot add to it. */
  w: string;
  /** The SDK's own anonymous id of the person. */
  person: string;
  /** Wall clock of the start and of the last activity; null where the device has no clock. */
  started: number | null;
  seen: number | null;
  /** Pages opened so far. */
  pages: number;
  sampled: boolean;
}

/** What a page takes from its session when it opens; fixed for the page's life. */
export interface Place extends Pick<Session, 'session' | 'w' | 'person' | 'sampled'> {
  ordinal: number;
  /** Age of the session when the page opened, ms. */
  age: number;
}

let memory: Session | null = null;

/**
 * Joins the running session or begins one, and takes the next ordinal. Call it under the session's lock.
 * Memory stands in where storage is blocked; each document is then a session of its own.
 */
export function join(store: LocalStore, sample: number): Place {
  const now = wall();
  const known = parse(store.read<Session>('session')) ?? memory;
  const session = known && continues(known, now) ? known : begin(known, now, sample);
  const ordinal = session.pages;
  memory = { ...session, pages: ordinal + 1, seen: now };
  store.write('session', memory);
  const { session: id, w, person, sampled, started } = session;
  return { session: id, w, person, sampled, ordinal, age: now === null || started === null ? 0 : Math.max(0, now - started) };
}

/** Notes that the session is alive, unless another one has taken its place. */
export function touch(store: LocalStore, session: string): void {
  const known = parse(store.read<Session>('session'));
  if (known?.session === session) store.write('session', { ...known, seen: wall() });
}

function begin(known: Session | null, now: number | null, sample: number): Session {
  return {
    session: uuid(), w: randomHex(), person: known?.person ?? uuid(),
    started: now, seen: now, pages: 0, sampled: Math.random() < sample,
  };
}

/**
 * Between documents only the wall clock can tell how long nobody was there. A device without one carries on;
 * a clock that went back by more than the limit says nothing, and a new session is the answer that mixes nobody up.
 */
function continues(known: Session, now: number | null): boolean {
  if (now === null || known.seen === null || known.started === null) return now === known.seen;
  return Math.abs(now - known.seen) < idleLimitMs && Math.abs(now - known.started) < sessionLimitMs;
}

function parse(value: Session | null): Session | null {
  const text = (part: unknown, pattern: RegExp) => typeof part === 'string' && pattern.test(part);
  return value && text(value.session, /^[0-9a-f-]{36}$/) && text(value.w, /^[0-9a-f]{32}$/)
    && text(value.person, /^[0-9a-f-]{36}$/) && Number.isInteger(value.pages) ? value : null;
}

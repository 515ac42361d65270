// What the session page and the stage say to each other, by postMessage and by nothing else.
//
// The two are of different origins. Each side accepts a message only from the other's window and exact origin, and
// reads it with the functions here: a message that does not fit is dropped. The stage shows hostile recordings, so the
// session page takes nothing from it for more than text and numbers. Written out in docs/replay-protocol.md.

import { GAP_CAUSES, readManifest, type GapCause, type Manifest } from './model/manifest';
import { MARK_KINDS, type Mark, type MarkKind } from './model/marks';

/** Playing speeds, slowest first. */
export const SPEEDS = [0.5, 1, 2, 4, 8] as const;

/** From the session page to the stage. */
export type Command =
  /** The first command: what to play, where to begin. */
  | { type: 'open'; manifest: Manifest; token: string; t: number; playing: boolean; speed: number; skipInactivity: boolean }
  /** A newer manifest of the same session. */
  | { type: 'manifest'; manifest: Manifest }
  /** A fresh token for the same session; the old one is forgotten. */
  | { type: 'token'; token: string }
  | { type: 'play' }
  | { type: 'pause' }
  | { type: 'seek'; t: number }
  | { type: 'speed'; speed: number }
  | { type: 'skip'; on: boolean }
  /** Stay at the end of a live session. */
  | { type: 'follow'; on: boolean }
  /** Of pages that overlap show this one; null for the one opened last. */
  | { type: 'page'; page: string | null };

export const STATUSES = ['playing', 'paused', 'waiting', 'ended'] as const;
export type Status = (typeof STATUSES)[number];

/** From the stage to the session page. */
export type Notice =
  /** The stage's script runs and waits for `open`; repeated until that comes. `checks` is false when it cannot hash (no secure context). */
  | { type: 'hello'; checks: boolean }
  | { type: 'state'; t: number; status: Status; page: string | null; drawn: boolean; follow: boolean; reachable: boolean }
  /** A block was read: its lines for the events list, and entries per second as [second, count] pairs. */
  | { type: 'block'; page: string; address: string; fromMs: number; toMs: number; marks: Mark[]; counts: [number, number][] }
  /** A block cannot be played. */
  | { type: 'verdict'; page: string; address: string; cause: GapCause }
  /** Ranges of the time line whose blocks are in memory. */
  | { type: 'buffered'; ranges: [number, number][] }
  /** The stage jumped by itself: over a stretch without activity, or over one that cannot be shown. */
  | { type: 'skipped'; over: 'inactivity' | 'blank'; fromMs: number; toMs: number }
  /** The token was refused. */
  | { type: 'token_needed' };

/** Most marks that one notice may carry; the stage cuts there, the page drops what is over. */
export const MARKS_PER_NOTICE = 5_000;

export function readCommand(value: unknown): Command | null {
  const it = fields(value);
  try {
    switch (it?.type) {
      case 'open':
        return has(it, { token: 'string', t: 'number', playing: 'boolean', speed: 'number', skipInactivity: 'boolean' })
          ? { ...(it as Command & { type: 'open' }), manifest: readManifest(it.manifest) } : null;
      case 'manifest': return { type: 'manifest', manifest: readManifest(it.manifest) };
      case 'token': return has(it, { token: 'string' }) ? it as Command : null;
      case 'play': case 'pause': return { type: it.type };
      case 'seek': return has(it, { t: 'number' }) ? it as Command : null;
      case 'speed': return has(it, { speed: 'number' }) ? it as Command : null;
      case 'skip': case 'follow': return has(it, { on: 'boolean' }) ? it as Command : null;
      case 'page': return it.page === null || typeof it.page === 'string' ? it as Command : null;
      default: return null;
    }
  } catch {
    return null;
  }
}

export function readNotice(value: unknown): Notice | null {
  const it = fields(value);
  switch (it?.type) {
    case 'hello': return { type: 'hello', checks: it.checks === true };
    case 'state':
      return has(it, { t: 'number', drawn: 'boolean', follow: 'boolean', reachable: 'boolean' })
        && STATUSES.includes(it.status as Status) && (it.page === null || typeof it.page === 'string') ? it as Notice : null;
    case 'block': return readBlockNotice(it);
    case 'verdict':
      return has(it, { page: 'string', address: 'string' }) && GAP_CAUSES.includes(it.cause as GapCause) ? it as Notice : null;
    case 'buffered': return { type: 'buffered', ranges: pairs(it.ranges) };
    case 'skipped':
      return has(it, { fromMs: 'number', toMs: 'number' }) && (it.over === 'inactivity' || it.over === 'blank')
        ? it as Notice : null;
    case 'token_needed': return { type: 'token_needed' };
    default: return null;
  }
}

function readBlockNotice(it: Record<string, unknown>): Notice | null {
  if (!has(it, { page: 'string', address: 'string', fromMs: 'number', toMs: 'number' }) || !Array.isArray(it.marks)) return null;
  return {
    type: 'block', page: it.page as string, address: it.address as string,
    fromMs: it.fromMs as number, toMs: it.toMs as number,
    marks: it.marks.slice(0, MARKS_PER_NOTICE).map(readMark).filter((mark) => mark !== null),
    counts: pairs(it.counts),
  };
}

function readMark(value: unknown): Mark | null {
  const it = fields(value);
  if (it === null || !has(it, { t: 'number', page: 'string', seq: 'number', i: 'number', text: 'string', alarming: 'boolean' })
    || !MARK_KINDS.includes(it.kind as MarkKind)) return null;
  return it as unknown as Mark;
}

function pairs(value: unknown): [number, number][] {
  if (!Array.isArray(value)) return [];
  return value.filter((it): it is [number, number] =>
    Array.isArray(it) && it.length === 2 && it.every((part) => typeof part === 'number' && Number.isFinite(part)));
}

function fields(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null ? value as Record<string, unknown> : null;
}

function has(it: Record<string, unknown>, shape: Record<string, 'string' | 'number' | 'boolean'>): boolean {
  return Object.entries(shape).every(([name, type]) =>
    typeof it[name] === type && (type !== 'number' || Number.isFinite(it[name])));
}

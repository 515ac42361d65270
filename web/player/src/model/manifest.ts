// What a session consists of, as the server tells it: pages, the blocks that hold their entries, and what is missing.
// Written out in docs/replay-protocol.md.

export const MANIFEST_VERSION = 1;

export const GAP_CAUSES = [
  'not_received', 'not_sent', 'quarantined', 'damaged', 'hash_mismatch', 'object_missing', 'version_newer', 'erased',
] as const;
export type GapCause = (typeof GAP_CAUSES)[number];

export const SESSION_STATES = ['live', 'pending', 'sealed'] as const;
export type SessionState = (typeof SESSION_STATES)[number];

export const TIME_QUALITIES = ['exact', 'estimated', 'unknown'] as const;
export type TimeQuality = (typeof TIME_QUALITIES)[number];

/** From `from_clock` on, page clock 0 lies at `start_ms` on the session's time line. */
export interface Stretch {
  from_clock: number;
  start_ms: number;
  quality: TimeQuality;
}

/** One fetchable run of chunks. */
export interface Block {
  /** Last part of the block's address: `parts/{part}/{block}` or `chunks/{seq}`. */
  address: string;
  /** SHA-256 of the decoded content, 64 hex digits. */
  sha256: string;
  /** Length of the decoded content. */
  bytes: number;
  first_seq: number;
  last_seq: number;
  /** Least and greatest page clock, ms; null when no entry had one. */
  from: number | null;
  to: number | null;
  /** The first chunk holds a full snapshot. */
  snapshot: boolean;
  /** Seq and length in bytes of each chunk, in the order of the content. */
  chunks: [seq: number, bytes: number][];
}

/** Chunks that cannot be played, and why. */
export interface Gap {
  from_seq: number;
  to_seq: number;
  cause: GapCause;
  reason: string | null;
  from: number | null;
  to: number | null;
}

/** One document or screen life. */
export interface Page {
  page: string;
  ordinal: number;
  url: string;
  title: string;
  viewport: { width: number; height: number };
  /** What the visitor's browser preferred; `light` when that is unknown. */
  color_scheme: 'light' | 'dark';
  /** Where the page's clock zero lies on the session's time line, ms; may be negative. */
  start_ms: number;
  end_ms: number;
  quality: TimeQuality;
  /** Half-width of the uncertainty of `start_ms`, ms. */
  error_ms: number;
  ended: boolean;
  stretches: Stretch[];
  blocks: Block[];
  gaps: Gap[];
}

export interface Manifest {
  version: number;
  session: string;
  app: string;
  state: SessionState;
  /** RFC 3339: time 0 of the session's time line. */
  started_at: string;
  duration_ms: number;
  pages: Page[];
}

/** The server's answer is not a manifest this player can read. `newer` tells a later version from a broken one. */
export class ManifestError extends Error {
  constructor(message: string, readonly newer = false) {
    super(message);
  }
}

/** Reads a manifest that came over the network or from another frame. Throws {@link ManifestError}. */
export function readManifest(value: unknown): Manifest {
  const it = record(value, 'manifest');
  const version = finite(it.version, 'version');
  if (version > MANIFEST_VERSION) throw new ManifestError('the manifest is of a newer version', true);
  return {
    version,
    session: text(it.session, 'session'),
    app: text(it.app, 'app'),
    state: oneOf(SESSION_STATES, it.state, 'state'),
    started_at: text(it.started_at, 'started_at'),
    duration_ms: Math.max(0, finite(it.duration_ms, 'duration_ms')),
    pages: list(it.pages, 'pages').map(readPage),
  };
}

function readPage(value: unknown): Page {
  const it = record(value, 'page');
  const viewport = record(it.viewport, 'viewport');
  const start = finite(it.start_ms, 'start_ms');
  return {
    page: text(it.page, 'page'),
    ordinal: finite(it.ordinal, 'ordinal'),
    url: text(it.url, 'url'),
    title: text(it.title, 'title'),
    viewport: { width: finite(viewport.width, 'width'), height: finite(viewport.height, 'height') },
    color_scheme: it.color_scheme === 'dark' ? 'dark' : 'light',
    start_ms: start,
    end_ms: Math.max(start, finite(it.end_ms, 'end_ms')),
    quality: oneOf(TIME_QUALITIES, it.quality, 'quality'),
    error_ms: finite(it.error_ms, 'error_ms'),
    ended: it.ended === true,
    stretches: list(it.stretches, 'stretches').map(readStretch),
    blocks: list(it.blocks, 'blocks').map(readBlock),
    gaps: list(it.gaps, 'gaps').map(readGap),
  };
}

function readStretch(value: unknown): Stretch {
  const it = record(value, 'stretch');
  return {
    from_clock: finite(it.from_clock, 'from_clock'),
    start_ms: finite(it.start_ms, 'start_ms'),
    quality: oneOf(TIME_QUALITIES, it.quality, 'quality'),
  };
}

function readBlock(value: unknown): Block {
  const it = record(value, 'block');
  const address = text(it.address, 'address');
  // The address becomes part of a URL, so it may hold nothing but what the two forms allow.
  if (!/^(parts\/\d{1,9}\/\d{1,9}|chunks\/\d{1,5})$/.test(address)) throw new ManifestError('address: malformed');
  return {
    address,
    sha256: text(it.sha256, 'sha256').toLowerCase(),
    bytes: finite(it.bytes, 'bytes'),
    first_seq: finite(it.first_seq, 'first_seq'),
    last_seq: finite(it.last_seq, 'last_seq'),
    from: finiteOrNull(it.from),
    to: finiteOrNull(it.to),
    snapshot: it.snapshot === true,
    chunks: list(it.chunks, 'chunks').map((chunk) => {
      const pair = list(chunk, 'chunk');
      return [finite(pair[0], 'seq'), finite(pair[1], 'bytes')];
    }),
  };
}

function readGap(value: unknown): Gap {
  const it = record(value, 'gap');
  return {
    from_seq: finite(it.from_seq, 'from_seq'),
    to_seq: finite(it.to_seq, 'to_seq'),
    cause: oneOf(GAP_CAUSES, it.cause, 'cause'),
    reason: typeof it.reason === 'string' ? it.reason : null,
    from: finiteOrNull(it.from),
    to: finiteOrNull(it.to),
  };
}

function record(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ManifestError(`${name}: not an object`);
  return value as Record<string, unknown>;
}

function list(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value)) throw new ManifestError(`${name}: not a list`);
  return value;
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new ManifestError(`${name}: not a text`);
  return value;
}

function finite(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new ManifestError(`${name}: not a number`);
  return value;
}

function finiteOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function oneOf<T extends string>(known: readonly T[], value: unknown, name: string): T {
  if (!known.includes(value as T)) throw new ManifestError(`${name}: not one of ${known.join(', ')}`);
  return value as T;
}

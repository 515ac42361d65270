// Recordings for the tests: chunks are cut into blocks as the archive does, and described by a manifest.
import { createHash } from 'node:crypto';
import { brotliCompressSync, constants } from 'node:zlib';
import type { SampleChunk } from '../samples/chunks.mjs';
import type { Block, Gap, Manifest, Page } from '../src/model/manifest';

export { chunked } from '../samples/chunks.mjs';
export type { SampleEntry as TestEntry } from '../samples/hour.mjs';

export interface TestPage {
  page: string;
  url: string;
  title: string;
  startMs: number;
  endMs: number;
  viewport?: { width: number; height: number };
  colorScheme?: 'light' | 'dark';
  chunks: SampleChunk[];
  gaps?: Gap[];
}

export interface Recording {
  manifest: Manifest;
  /** Stored (Brotli) bytes by `{page}/{address}`. */
  blocks: Map<string, Buffer>;
}

export const SESSION = '6f1f0a52-6f5e-4b53-8a54-9d2f0c7f3a11';
const BLOCK_BYTES = 256 * 1024;

export function recordingOf(pages: TestPage[], state: Manifest['state'] = 'sealed'): Recording {
  const blocks = new Map<string, Buffer>();
  const described = pages.map((page, ordinal) => describe(page, ordinal, blocks));
  return {
    manifest: {
      version: 1, session: SESSION, app: 'shop', state, started_at: '2026-03-01T10:00:00Z',
      duration_ms: Math.max(0, ...pages.map(({ endMs }) => endMs)), pages: described,
    },
    blocks,
  };
}

function describe(page: TestPage, ordinal: number, stored: Map<string, Buffer>): Page {
  return {
    page: page.page, ordinal, url: page.url, title: page.title, viewport: page.viewport ?? { width: 1024, height: 700 },
    color_scheme: page.colorScheme ?? 'light',
    start_ms: page.startMs, end_ms: page.endMs, quality: 'exact', error_ms: 12, ended: true, stretches: [],
    blocks: blocksOf(page, stored), gaps: page.gaps ?? [],
  };
}

function blocksOf(page: TestPage, stored: Map<string, Buffer>): Block[] {
  const groups: SampleChunk[][] = [];
  let bytes = 0;
  for (const chunk of page.chunks) {
    const group = groups[groups.length - 1];
    const size = bodyOf(chunk).byteLength;
    const hole = group !== undefined && group[group.length - 1]!.seq + 1 !== chunk.seq;
    if (group === undefined || chunk.snapshot || hole || bytes + size > BLOCK_BYTES) {
      groups.push([chunk]);
      bytes = size;
    } else {
      group.push(chunk);
      bytes += size;
    }
  }
  return groups.map((group, index) => blockOf(page.page, `parts/0/${index}`, group, stored));
}

export function blockOf(page: string, address: string, group: SampleChunk[], stored: Map<string, Buffer>): Block {
  const bodies = group.map(bodyOf);
  const content = Buffer.concat(bodies);
  const clocks = group.flatMap(({ entries }) => entries.map(({ at }) => at)).filter((at) => at !== null);
  stored.set(`${page}/${address}`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }));
  return {
    address, sha256: createHash('sha256').update(content).digest('hex'), bytes: content.byteLength,
    first_seq: group[0]!.seq, last_seq: group[group.length - 1]!.seq,
    from: clocks.length === 0 ? null : Math.min(...clocks), to: clocks.length === 0 ? null : Math.max(...clocks),
    snapshot: group[0]!.snapshot, chunks: group.map(({ seq }, i) => [seq, bodies[i]!.byteLength]),
  };
}

/** The last line has no line feed, as an SDK may send it. */
const bodyOf = (chunk: SampleChunk): Buffer => Buffer.from(chunk.entries.map((entry) => JSON.stringify(entry)).join('\n'));

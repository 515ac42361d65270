import type { Block } from './manifest';

/** One line of a chunk. Everything in it comes from outside and is data. */
export interface Entry {
  at: unknown;
  k: string;
  d: unknown;
}

export interface Chunk {
  seq: number;
  entries: Entry[];
  /** Lines that were no entry; they are skipped and told. */
  unreadable: number;
}

/** The block's content does not have the shape the manifest gives it. */
export class BlockShapeError extends Error {}

/** Cuts a block's decoded content at the chunk lengths of the manifest and reads the entries of each chunk. */
export function readChunks(block: Block, content: Uint8Array): Chunk[] {
  const total = block.chunks.reduce((sum, [, bytes]) => sum + bytes, 0);
  if (content.byteLength !== total) {
    throw new BlockShapeError(`the block has ${content.byteLength} bytes, its chunks have ${total}`);
  }
  const decoder = new TextDecoder();
  let offset = 0;
  return block.chunks.map(([seq, bytes]) => {
    const body = decoder.decode(content.subarray(offset, offset + bytes));
    offset += bytes;
    return readChunk(seq, body);
  });
}

function readChunk(seq: number, body: string): Chunk {
  const entries: Entry[] = [];
  let unreadable = 0;
  for (const line of body.split('\n')) {
    if (line.trim() === '') continue;
    const entry = readEntry(line);
    if (entry === null) unreadable++;
    else entries.push(entry);
  }
  return { seq, entries, unreadable };
}

function readEntry(line: string): Entry | null {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return null;
    const { at, k, d } = value as Record<string, unknown>;
    return typeof k === 'string' ? { at, k, d } : null;
  } catch {
    return null;
  }
}

import type { SampleEntry } from './hour.mjs';

export interface SampleChunk {
  seq: number;
  entries: SampleEntry[];
  /** It begins with a full snapshot. */
  snapshot: boolean;
}

export function chunked(entries: readonly SampleEntry[]): SampleChunk[];

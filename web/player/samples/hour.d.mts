export interface SampleEntry {
  at: number | null;
  k: string;
  d: unknown;
}

export interface Mark {
  /** Page clock from which on the page shows it, ms. */
  at: number;
  mark: string;
}

export interface Hour {
  entries: SampleEntry[];
  marks: Mark[];
  width: number;
  height: number;
}

/** A visit of `durationMs` with `entries` entries beside its snapshots; `startedAt` is the device's wall clock, Unix ms. */
export function hour(wanted: { durationMs: number; entries: number; startedAt?: number }): Hour;

/** The text of `#mark` in the page at a time; null before the first. */
export function markAt(marks: readonly Mark[], t: number): string | null;

import type { Context } from '../privacy';
import type { Slot } from '../page';

/** What a signal needs from the capture it feeds. */
export interface Sink {
  /** Adds an entry to the page; undefined when nothing is being recorded or the minute's share is used up. */
  add(kind: string, data: unknown): Slot | undefined;
  /** Rewrites an entry whose chunk is not cut yet. */
  rewrite(slot: Slot, data: unknown): void;
  /** Page clock, ms. */
  now(): number;
  /** What holds for the document as a whole. */
  context: Context;
}

/** Undoes everything that a signal put into the page. */
export type Stop = () => void;

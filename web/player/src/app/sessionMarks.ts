import type { Manifest } from '../model/manifest';
import type { Mark } from '../model/marks';
import { ReadBlocks, type BlockLines } from '../model/readBlocks';

/** Who steps back while it plays means the marker before the one just passed, if that was less than this ago, ms. */
const STEP_BACK_MS = 1_000;

/** What the stage has read out of the session so far: lines of the events list, and entries per second. */
export class SessionMarks {
  list: readonly Mark[] = [];
  counts: ReadonlyMap<number, number> = new Map();
  private readonly read = new ReadBlocks();
  private due = false;

  /** @param changed called once a frame at most: blocks come faster than lists can be drawn. */
  constructor(private readonly changed: () => void) {}

  has(page: string, address: string): boolean {
    return this.read.has(page, address);
  }

  add(lines: BlockLines, manifest: Manifest | null): void {
    if (manifest !== null && this.read.take(lines, manifest)) this.tellSoon();
  }

  tellSoon(): void {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.list = this.read.marks();
      this.counts = this.read.counts();
      this.changed();
    });
  }

  /** The marker behind or before `t` that one would step to. */
  next(t: number, direction: 1 | -1, playing: boolean): Mark | undefined {
    const marks = this.list.filter(({ kind, alarming }) => kind !== 'console' || alarming);
    return direction === 1
      ? marks.find((mark) => mark.t > t + 1)
      : marks.filter((mark) => mark.t < t - (playing ? STEP_BACK_MS : 1)).pop();
  }
}

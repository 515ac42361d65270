import { MARK_LIMIT } from '../model/activity';
import type { Mark } from '../model/marks';
import type { Notice } from '../protocol';

/** A step back from a marker that plays goes to the one before it, so long after it, ms. */
const STEP_BACK_MS = 1_000;

/** What the stage has read out of the session so far: lines of the events list, and entries per second. */
export class SessionMarks {
  readonly list: Mark[] = [];
  readonly counts = new Map<number, number>();
  private readonly read = new Set<string>();
  private due = false;

  /** @param changed called once a frame at most: blocks come faster than lists can be drawn. */
  constructor(private readonly changed: () => void) {}

  get blocks(): number {
    return this.read.size;
  }

  add(notice: Extract<Notice, { type: 'block' }>): void {
    const key = `${notice.page}/${notice.address}`;
    if (this.read.has(key)) return;
    this.read.add(key);
    for (const [second, count] of notice.counts) this.counts.set(second, (this.counts.get(second) ?? 0) + count);
    if (this.list.length + notice.marks.length <= MARK_LIMIT) this.list.push(...notice.marks);
    this.tellSoon();
  }

  tellSoon(): void {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.list.sort((a, b) => a.t - b.t || a.seq - b.seq || a.i - b.i);
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

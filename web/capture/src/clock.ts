// Kept at load: a page that replaces these later (test tools, polyfills) must not bend the recording.
const monotonic = performance.now.bind(performance);

/** The client's wall clock in Unix ms, or null when it has none. Never used for order or identity. */
export function wall(): number | null {
  const now = Date.now();
  return Number.isFinite(now) ? now : null;
}

/** Milliseconds since a page was opened, from the monotonic clock; no change of the wall clock moves it. */
export class PageClock {
  /** The page's wall clock when it was opened; null when the device has none. */
  readonly opened: number | null;

  /** @param start monotonic ms at which the page opened: 0 for the document itself. */
  constructor(private readonly start = 0) {
    const now = wall();
    this.opened = now === null ? null : Math.round(now - this.now());
  }

  now(): number {
    return Math.round((monotonic() - this.start) * 10) / 10;
  }
}

/** A page that opens now, inside a document that has been open for a while. */
export const clockFromNow = () => new PageClock(monotonic());

/** Tells when wall clock and page clock have moved apart by more than 1 s: the device slept or its clock was set. */
export class DriftWatch {
  #offset: number | null;

  constructor(private readonly clock: PageClock) {
    this.#offset = clock.opened;
  }

  /** The data of an `anchor` entry when one is due. */
  check(): ReturnType<DriftWatch['now']> | undefined {
    const at = this.clock.now();
    const now = wall();
    const offset = now === null ? null : now - at;
    const moved = offset === null || this.#offset === null
      ? offset !== this.#offset
      : Math.abs(offset - this.#offset) > 1000;
    if (!moved) return undefined;
    this.#offset = offset;
    return this.now();
  }

  /** Both clocks at this moment: the data of an `anchor` entry. */
  now(): { wall: number | null; clock: number; visible: boolean } {
    return { wall: wall(), clock: this.clock.now(), visible: document.visibilityState === 'visible' };
  }
}

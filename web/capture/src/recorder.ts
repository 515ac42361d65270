import { record } from '@rrweb/record';
import { failures, guard } from './guard';
import { blockSelector, ignoreSelector, maskEvent, rootContext } from './privacy';
import type { Privacy } from './options';

/** A masked rrweb event. */
export interface RecordedEvent {
  type: number;
  data: any;
  timestamp: number;
}

/** rrweb's event types that matter here. */
export const eventType = { fullSnapshot: 2, incremental: 3, meta: 4 };

/** The largest entry, uncompressed; without compression it has to fit in a body. */
export const entryBytes = typeof CompressionStream === 'undefined' ? 4_000_000 : 24_000_000;

/** rrweb's sources that only a person causes. */
export const byPerson = new Set([1, 2, 3, 5, 6, 12]);

const everyMs = 120_000;
const everyBytes = 1_000_000;
/** Snapshots that something asked for keep this distance: what is refused again and again must not busy the page. */
const apartMs = 10_000;
/** A snapshot that holds the page up longer than this is taken half as often from then on. */
const dearMs = 50;

/** rrweb's recording of the DOM, masked, with a full snapshot whenever one is due. */
export class Recorder {
  #stopRecord: (() => void) | undefined;
  #last = 0;
  #increments = 0;
  #active = false;
  #stretch = 1;
  #wanted = false;

  /** @param lean leaves stylesheets out of snapshots, for pages whose snapshots were too large. */
  constructor(
    private readonly level: Privacy, private readonly allowed: readonly string[],
    private readonly emit: (event: RecordedEvent) => void) {}

  start(lean = false): void {
    const context = rootContext(this.level, this.allowed);
    this.#stopRecord = record({
      emit: guard(event => {
        const masked = event as RecordedEvent;
        this.#repairOffsets(masked);
        if (masked.type >= eventType.fullSnapshot && maskEvent(masked, context, record.mirror)) this.emit(masked);
      }),
      recordAfter: 'DOMContentLoaded',
      blockSelector: blockSelector(this.level),
      ignoreSelector,
      // Values are masked once more in maskEvent; this keeps them from ever being copied.
      maskAllInputs: this.level !== 'open',
      inlineStylesheet: !lean,
      slimDOMOptions: {
        script: true, comment: true, headFavicon: true, headWhitespace: true, headMetaSocial: true, headMetaRobots: true,
        headMetaHttpEquiv: true, headMetaVerification: true, headMetaAuthorship: true, headMetaDescKeywords: true,
      },
      sampling: { scroll: 150, media: 800 },
      errorHandler: () => { failures.count++; return true; },
    });
  }

  stop(): void {
    this.#stopRecord?.();
    this.#stopRecord = undefined;
  }

  /** Counts what followed the last snapshot. */
  note(event: RecordedEvent, bytes: number, now: number): void {
    if (event.type === eventType.fullSnapshot) {
      this.#last = now;
      this.#wanted = false;
      this.#increments = 0;
      this.#active = false;
    } else if (event.type === eventType.incremental) {
      this.#increments += bytes;
      this.#active = true;
    }
  }

  /** Asks for a full snapshot soon. */
  want(): void {
    this.#wanted = true;
  }

  /** Takes a full snapshot now. */
  snapshot = guard(() => {
    if (!this.#stopRecord) return;
    const started = performance.now();
    record.takeFullSnapshot(true);
    if (performance.now() - started > dearMs) this.#stretch = Math.min(this.#stretch * 2, 16);
  });

  /** Takes a snapshot when one is wanted or due: after 2 minutes with activity, or 1 MB of increments. */
  tick(now: number): void {
    const since = (now - this.#last) / this.#stretch;
    if (!(this.#wanted && since >= apartMs || this.#active && since >= everyMs || this.#increments >= everyBytes * this.#stretch)) return;
    this.#wanted = false;
    this.#last = now;
    this.#increments = 0;
    const whenIdle = globalThis.requestIdleCallback ?? setTimeout;
    whenIdle(() => this.snapshot(), { timeout: 1000 } as never);
  }

  /** rrweb dates pointer moves by the wall clock; where that jumped within half a second, spread them evenly. */
  #repairOffsets({ data }: RecordedEvent): void {
    const positions: { timeOffset: number }[] | undefined = data?.positions;
    if (positions?.some(({ timeOffset }) => !(timeOffset <= 0 && timeOffset >= -1000))) {
      positions.forEach((position, i) => { position.timeOffset = Math.round(500 * (i + 1) / positions.length) - 500; });
    }
  }
}

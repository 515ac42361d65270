import { Replayer } from '@rrweb/replay';
import type { eventWithTime } from '@rrweb/types';
import type { Chunk } from '../model/entries';
import { EntryTimes } from '../model/pageClock';
import type { Block } from '../model/manifest';
import { blockRange } from '../model/activity';
import type { Run } from '../model/spans';
import { guardSteps } from './guard';
import { CUSTOM, EventStream, RRWEB_EPOCH } from './rrwebEvents';

/** rrweb stops at its last event; one that lies beyond every session keeps it waiting for what is still loading. */
const SENTINEL_MS = 1e9;
/** An event at the very moment that is asked for counts as past, ms. */
const INCLUSIVE_MS = 0.5;
/** rrweb's timer and the stage's clock may be this far apart, ms; a seek that is no further back stays where it is. */
const DRIFT_MS = 150;

/** The picture could not be built or kept up to date; `block` holds the entry that rrweb failed on. */
export class SurfaceError extends Error {
  constructor(readonly block: Block, cause: unknown) {
    super('the picture could not be built', { cause });
  }
}

export interface SurfaceWatcher {
  /** The picture has another size. */
  resized(): void;
  /** rrweb could not apply one entry; the picture goes on without it. */
  leftOut(run: Run, block: Block, error: unknown): void;
}

/** One run of chunks as a picture: a replayer of its own, hidden until it is shown. */
export class Surface {
  readonly element: HTMLElement;
  width: number;
  height: number;
  private replayer: Replayer | null = null;
  private readonly stream: EventStream;
  private readonly sources: { until: number; block: Block }[] = [];
  private firstStamp = 0;
  private castStamp = 0;
  private taken = 0;
  private outdated = false;

  constructor(host: HTMLElement, public run: Run, private readonly watcher: SurfaceWatcher) {
    this.element = document.createElement('div');
    this.element.className = 'surface';
    host.append(this.element);
    this.width = run.page.viewport.width;
    this.height = run.page.viewport.height;
    const first = run.chunks[0]!.block;
    this.stream = new EventStream(run.page, new EntryTimes(run.page, blockRange(run.page, first)[0]));
  }

  /** Chunks of the run that this surface has; the next one to append has this index. */
  get chunksTaken(): number {
    return this.taken;
  }

  /** Can this surface go to `t` without building anew? */
  canReach(t: number): boolean {
    return !this.outdated && this.replayer !== null && RRWEB_EPOCH + t + DRIFT_MS >= this.castStamp;
  }

  /** The run has grown, or its end has moved. */
  continueWith(run: Run): void {
    this.run = run;
    this.stream.continueWith(run.page);
  }

  /** The run is no longer there: what is shown stays until it is replaced. */
  outdate(): void {
    this.outdated = true;
  }

  /** Builds the picture at `t` from the run's first chunks. False when they hold no full snapshot. */
  async build(chunks: readonly { chunk: Chunk; block: Block }[], t: number): Promise<boolean> {
    const events = chunks.flatMap(({ chunk, block }) => this.take(chunk, block));
    const first = events[0];
    if (first === undefined) return false;
    this.firstStamp = first.timestamp;
    const sentinel = { type: CUSTOM, timestamp: RRWEB_EPOCH + SENTINEL_MS, data: { tag: 'end', payload: {} } };
    const replayer = new Replayer([...events, sentinel as eventWithTime], {
      root: this.element, showWarning: false, showDebug: false, logger: SILENT, triggerFocus: false,
      mouseTail: { duration: 500, lineCap: 'round', lineWidth: 3, strokeStyle: '#206bc4' },
    });
    guardSteps(replayer, (error) => this.watcher.leftOut(this.run, this.failedBlock(), error));
    replayer.on('resize', (size) => this.resize(size as { width: number; height: number }));
    replayer.on('event-cast', (event) => { this.castStamp = (event as eventWithTime).timestamp; });
    this.replayer = replayer;
    // rrweb announces the size of its first event in a timer of its own, which must not overrule the one at t.
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.moveTo(t);
    return true;
  }

  /** Adds the run's next chunk. */
  append(chunk: Chunk, block: Block): void {
    for (const event of this.take(chunk, block)) this.replayer?.addEvent(event);
  }

  moveTo(t: number): void {
    this.guarded((replayer) => replayer.pause(this.offset(t)));
  }

  play(t: number, speed: number): void {
    this.guarded((replayer) => {
      replayer.setConfig({ speed });
      replayer.play(this.offset(t));
    });
  }

  pause(): void {
    this.guarded((replayer) => replayer.pause());
  }

  setSpeed(speed: number): void {
    this.guarded((replayer) => replayer.setConfig({ speed }));
  }

  /** Which block rrweb was at when it failed. */
  failedBlock(): Block {
    const next = this.sources.find(({ until }) => until > this.castStamp);
    return next?.block ?? this.run.chunks[this.run.chunks.length - 1]!.block;
  }

  /** Takes the pointer over from the surface before, so that it does not vanish at each full snapshot. */
  show(before: Surface | null): void {
    const from = before?.element.querySelector<HTMLElement>('.replayer-mouse');
    const to = this.element.querySelector<HTMLElement>('.replayer-mouse');
    if (from && to && to.style.left === '') {
      to.style.left = from.style.left;
      to.style.top = from.style.top;
    }
    this.element.classList.add('shown');
  }

  destroy(): void {
    try {
      this.replayer?.destroy();
    } catch {
      // What rrweb fails to take down goes with the element that holds it.
    }
    this.replayer = null;
    this.element.remove();
  }

  private take(chunk: Chunk, block: Block): eventWithTime[] {
    this.taken++;
    const events = this.stream.take(chunk.entries);
    const last = events[events.length - 1];
    if (last !== undefined) this.sources.push({ until: last.timestamp, block });
    return events;
  }

  /** rrweb builds everything anew when it is sent behind an event it has cast, so it never is. */
  private offset(t: number): number {
    return Math.max(RRWEB_EPOCH + t + INCLUSIVE_MS, this.castStamp + INCLUSIVE_MS, this.firstStamp + INCLUSIVE_MS) - this.firstStamp;
  }

  private guarded(action: (replayer: Replayer) => void): void {
    if (this.replayer === null) return;
    try {
      action(this.replayer);
    } catch (error) {
      throw new SurfaceError(this.failedBlock(), error);
    }
  }

  private resize({ width, height }: { width: number; height: number }): void {
    if (!(width > 0) || !(height > 0)) return;
    this.width = width;
    this.height = height;
    this.watcher.resized();
  }
}

const SILENT = { log: () => {}, warn: () => {} };

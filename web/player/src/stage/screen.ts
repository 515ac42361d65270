import { blockRange } from '../model/activity';
import type { Chunk } from '../model/entries';
import type { Block } from '../model/manifest';
import type { ChunkRef, Run } from '../model/spans';
import type { BlockStore } from './blockStore';
import { parseBlock, type Loader } from './loader';
import { Surface, SurfaceError } from './surface';

/** Shows one surface at a time, scaled to fit. The next is built behind it, so that nothing flickers. */
export class Screen {
  private current: Surface | null = null;

  /** Told of an entry that rrweb could not apply. */
  leftOut: (run: Run, block: Block, error: unknown) => void = () => {};

  constructor(private readonly host: HTMLElement) {
    new ResizeObserver(() => this.fit()).observe(host);
  }

  get run(): Run | null {
    return this.current?.run ?? null;
  }

  /** Up to this time the picture plays with what it has. */
  get knownUntilMs(): number {
    const next = this.current?.run.chunks[this.current.chunksTaken];
    return next === undefined ? Infinity : blockRange(this.current!.run.page, next.block)[0];
  }

  /** Whether `draw` would show `t` without loading or building anything. */
  isReady(run: Run, t: number): boolean {
    return this.shows(run) && this.current!.canReach(t) && this.current!.chunksTaken >= through(run, t);
  }

  /**
   * Shows the run at `t`. Gives up when `isCurrent` turns false on the way. Throws BlockError and SurfaceError; then
   * the picture is as it was.
   */
  async draw(run: Run, t: number, loader: Loader, isCurrent: () => boolean): Promise<void> {
    const needed = run.chunks.slice(0, through(run, t));
    const contents = await loader.contents(run.page, needed.map(({ block }) => block));
    if (!isCurrent()) return;
    const surface = this.current;
    if (surface !== null && this.shows(run) && surface.canReach(t)) {
      appendAll(surface, needed.slice(surface.chunksTaken), contents);
      // rrweb takes added events in microtasks; they are done when this one is.
      await Promise.resolve();
      if (isCurrent()) surface.moveTo(t);
    } else {
      await this.replace(run, t, parseAll(run, needed, contents), isCurrent);
    }
  }

  private async replace(run: Run, t: number, chunks: { chunk: Chunk; block: Block }[], isCurrent: () => boolean): Promise<void> {
    const surface = new Surface(this.host, run, {
      resized: () => this.fit(),
      leftOut: (of, block, error) => this.leftOut(of, block, error),
    });
    try {
      const built = await surface.build(chunks, t);
      if (!built) throw new SurfaceError(run.chunks[0]!.block, 'no full snapshot where one was announced');
    } catch (error) {
      surface.destroy();
      throw error instanceof SurfaceError ? error : new SurfaceError(surface.failedBlock(), error);
    }
    if (!isCurrent()) return surface.destroy();
    const before = this.current;
    this.current = surface;
    this.fit();
    surface.show(before);
    // The new one must have been painted before the old one goes.
    if (before !== null) requestAnimationFrame(() => requestAnimationFrame(() => before.destroy()));
  }

  /** Hands the picture what follows it in its run, as far as that is in memory. */
  topUp(store: BlockStore): void {
    const surface = this.current;
    if (surface === null) return;
    const { page, chunks } = surface.run;
    const contents = new Map<Block, Uint8Array>();
    const following: ChunkRef[] = [];
    for (const ref of chunks.slice(surface.chunksTaken)) {
      const content = contents.get(ref.block) ?? store.peek(page, ref.block);
      if (content === null) break;
      contents.set(ref.block, content);
      following.push(ref);
    }
    appendAll(surface, following, contents);
  }

  /** After the session's plan has changed: the picture goes on if its run is still there and begins alike. */
  continueWith(find: (run: Run) => Run | null): void {
    const surface = this.current;
    if (surface === null) return;
    const run = find(surface.run);
    const same = run !== null && surface.run.chunks.slice(0, surface.chunksTaken).every(({ seq }, i) => run.chunks[i]?.seq === seq);
    if (same) surface.continueWith(run);
    else surface.outdate();
  }

  play(t: number, speed: number): void {
    this.current?.play(t, speed);
  }

  pause(): void {
    this.current?.pause();
  }

  setSpeed(speed: number): void {
    this.current?.setSpeed(speed);
  }

  failedBlock(): Block | null {
    return this.current?.failedBlock() ?? null;
  }

  private shows(run: Run): boolean {
    const shown = this.current?.run;
    return shown !== undefined && shown.page.page === run.page.page && shown.firstSeq === run.firstSeq;
  }

  private fit(): void {
    const surface = this.current;
    if (surface === null) return;
    const scale = Math.min(this.host.clientWidth / surface.width, this.host.clientHeight / surface.height, 2);
    const left = (this.host.clientWidth - surface.width * scale) / 2;
    const top = (this.host.clientHeight - surface.height * scale) / 2;
    Object.assign(surface.element.style, {
      width: `${surface.width}px`, height: `${surface.height}px`,
      transform: `translate(${left}px, ${top}px) scale(${scale})`,
    });
  }
}

/** How many of a run's chunks are needed to show `t`: at least the snapshot's. */
function through(run: Run, t: number): number {
  let count = 1;
  run.chunks.forEach(({ block }, index) => {
    if (blockRange(run.page, block)[0] <= t) count = index + 1;
  });
  return count;
}

function parseAll(run: Run, refs: readonly ChunkRef[], contents: ReadonlyMap<Block, Uint8Array>): { chunk: Chunk; block: Block }[] {
  const parsed = new Map<Block, Chunk[]>();
  return refs.flatMap(({ seq, block }) => {
    let chunks = parsed.get(block);
    if (chunks === undefined) parsed.set(block, chunks = parseBlock(run.page, block, contents.get(block)!));
    const chunk = chunks.find((it) => it.seq === seq);
    return chunk === undefined ? [] : [{ chunk, block }];
  });
}

function appendAll(surface: Surface, refs: readonly ChunkRef[], contents: ReadonlyMap<Block, Uint8Array>): void {
  for (const { chunk, block } of parseAll(surface.run, refs, contents)) surface.append(chunk, block);
}

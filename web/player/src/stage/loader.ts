import { activityOf, type BlockActivity } from '../model/activity';
import { BlockShapeError, readChunks, type Chunk } from '../model/entries';
import type { Block, Page } from '../model/manifest';
import type { Timeline } from '../model/timeline';
import { BlockError, type BlockStore } from './blockStore';

const WORKERS = 2;
/** Share of the memory budget that loading ahead may fill; the rest keeps what was just played. */
const AHEAD_SHARE = 0.75;

export interface LoaderEvents {
  /** A block was read for the first time. */
  read(page: Page, block: Block, activity: BlockActivity): void;
  /** What is in memory has changed. */
  changed(): void;
  failed(error: BlockError): void;
}

/** Loads ahead of the playhead, and tells what each block says about activity. */
export class Loader {
  private readonly known = new Map<string, BlockActivity>();
  private workers = 0;
  private timeline: Timeline | null = null;
  private t = 0;

  constructor(private readonly store: BlockStore, private readonly budgetBytes: number, private readonly events: LoaderEvents) {}

  activity(page: Page, block: Block): BlockActivity | null {
    return this.known.get(`${page.page}/${block.address}`) ?? null;
  }

  /** The contents of some blocks of a page. Throws the first {@link BlockError}. */
  async contents(page: Page, blocks: readonly Block[]): Promise<Map<Block, Uint8Array>> {
    const distinct = [...new Set(blocks)];
    const contents = await Promise.all(distinct.map((block) => this.store.load(page, block)));
    for (const block of distinct) this.readWhenIdle(page, block);
    return new Map(distinct.map((block, index) => [block, contents[index]!]));
  }

  /** Loads on from `t`. */
  ahead(timeline: Timeline, t: number): void {
    this.timeline = timeline;
    this.t = t;
    while (this.workers < WORKERS && this.next() !== null) {
      this.workers++;
      void this.work();
    }
  }

  private async work(): Promise<void> {
    for (let item = this.next(); item !== null; item = this.next()) {
      try {
        await this.store.load(item.page, item.block);
        this.readWhenIdle(item.page, item.block);
        this.events.changed();
      } catch (error) {
        if (!(error instanceof BlockError)) throw error;
        this.events.failed(error);
      }
    }
    this.workers--;
  }

  private next(): { page: Page; block: Block } | null {
    if (this.timeline === null) return null;
    let bytes = 0;
    for (const item of this.timeline.blocksFrom(this.t)) {
      bytes += item.block.bytes;
      if (bytes > this.budgetBytes * AHEAD_SHARE) return null;
      if (!this.store.hasOrComes(item.page, item.block)) return item;
    }
    return null;
  }

  private readWhenIdle(page: Page, block: Block): void {
    if (this.activity(page, block) !== null) return;
    whenIdle(() => {
      const content = this.store.peek(page, block);
      if (content === null || this.activity(page, block) !== null) return;
      try {
        const activity = activityOf(page, block, parseBlock(page, block, content));
        this.events.read(page, block, activity);
        // What the session page has now is not kept twice.
        this.known.set(`${page.page}/${block.address}`, { ...activity, marks: [], times: [] });
      } catch (error) {
        if (!(error instanceof BlockError)) throw error;
        this.events.failed(error);
      }
    });
  }
}

/** The entries of a block, chunk by chunk, parsed anew each time: rrweb changes what it is given. */
export function parseBlock(page: Page, block: Block, content: Uint8Array): Chunk[] {
  try {
    return readChunks(block, content);
  } catch (error) {
    if (error instanceof BlockShapeError) throw new BlockError(block, page, 'damaged', error.message);
    throw error;
  }
}

function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(() => work(), { timeout: 300 });
  else setTimeout(work, 0);
}

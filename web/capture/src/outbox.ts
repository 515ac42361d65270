import { becomeGap, type Chunk } from './chunk';
import { openStore, type ChunkStore, type Stored } from './store';

/** What may wait, over all pages of the app in this browser. */
export const outboxBytes = 10_000_000;

/**
 * Chunks that are not acknowledged yet. Those of this document are kept here in order; all are also in IndexedDB,
 * so that a later document delivers what this one could not. Where that is blocked, memory alone has to do.
 */
export class Outbox {
  /** This document's chunks, in order. */
  readonly own: Chunk[] = [];
  readonly #store: Promise<ChunkStore | null>;
  #opened: ChunkStore | null = null;

  /** @param dropped is told when a chunk of this document had to be given up. */
  constructor(name: string, private readonly dropped: (chunk: Chunk) => void, private readonly limit = outboxBytes) {
    this.#store = openStore(name).then(store => (this.#opened = store));
  }

  /** Takes a chunk; resolves when it is stored as well as this browser can. */
  async add(chunk: Chunk): Promise<void> {
    this.own.push(chunk);
    // An open store is written to at once: a document that unloads gets no later turn.
    await (this.#opened ? this.#opened.put(chunk) : this.#store.then(store => this.own.includes(chunk) ? store?.put(chunk) : undefined));
    await this.#makeRoom();
  }

  /** The chunk is acknowledged, or given up for good. */
  async remove(chunk: Chunk): Promise<void> {
    const index = this.own.indexOf(chunk);
    if (index >= 0) this.own.splice(index, 1);
    await (await this.#store)?.remove(chunk);
  }

  /** Stores what the chunk holds now. */
  async update(chunk: Chunk): Promise<void> {
    if (this.own.includes(chunk)) await this.#opened?.put(chunk);
  }

  /** Chunks of other documents, oldest page first as far as their clocks tell; those of `pages` only, or all when null. */
  async left(pages: readonly string[] | null): Promise<Stored[]> {
    const all = await (await this.#store)?.list() ?? [];
    return all.filter(one => !this.#isOwn(one) && (!pages || pages.includes(one.page)))
      .sort((a, b) => (a.page === b.page ? a.seq - b.seq : (a.opened ?? 0) - (b.opened ?? 0)));
  }

  async load(stored: Stored): Promise<Chunk | null> {
    return await (await this.#store)?.load(stored) ?? null;
  }

  async removeLeft(stored: Stored): Promise<void> {
    await (await this.#store)?.remove(stored);
  }

  /** Forgets this document's chunks. */
  async clearOwn(): Promise<void> {
    for (const chunk of [...this.own]) await this.remove(chunk);
  }

  /** Forgets everything, other documents' chunks too. */
  async clear(): Promise<void> {
    this.own.length = 0;
    await (await this.#store)?.clear();
  }

  #isOwn(one: { page: string; seq: number }): boolean {
    return this.own.some(chunk => chunk.page === one.page && chunk.seq === one.seq);
  }

  /** Gives up whole spans between snapshots, oldest first, others' before our own; each chunk says so under its seq. */
  async #makeRoom(): Promise<void> {
    const left = await this.left(null);
    let excess = [...left, ...this.own].reduce((sum, chunk) => sum + chunk.bytes, 0) - this.limit;
    for (let span = oldestSpan(left); excess > 0 && span.length; span = oldestSpan(left)) {
      for (const stored of span) excess -= await this.#giveUpLeft(stored);
    }
    for (let span = oldestSpan(this.own); excess > 0 && span.length; span = oldestSpan(this.own)) {
      for (const chunk of span) excess -= await this.#giveUp(chunk);
    }
  }

  async #giveUp(chunk: Chunk): Promise<number> {
    const before = chunk.bytes;
    becomeGap(chunk, 'outbox_full');
    this.dropped(chunk);
    await this.update(chunk);
    return before - chunk.bytes;
  }

  async #giveUpLeft(stored: Stored): Promise<number> {
    const chunk = await this.load(stored);
    const before = stored.bytes;
    stored.gap = true;
    if (!chunk) return before;
    becomeGap(chunk, 'outbox_full');
    await this.#opened?.put(chunk);
    return before - chunk.bytes;
  }
}

/** The first chunk that still holds entries, with those of its page up to the next snapshot. */
function oldestSpan<T extends { page: string; gap: boolean; snapshot: boolean }>(chunks: T[]): T[] {
  const first = chunks.find(chunk => !chunk.gap);
  if (!first) return [];
  const rest = chunks.slice(chunks.indexOf(first)).filter(chunk => chunk.page === first.page && !chunk.gap);
  const end = rest.findIndex((chunk, index) => index > 0 && chunk.snapshot);
  return end < 0 ? rest : rest.slice(0, end);
}

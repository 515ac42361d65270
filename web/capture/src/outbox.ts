import { becomeGap, type Chunk, type GapReason } from './chunk';
import { wall } from './clock';
import { Life } from './life';
import type { LocalStore } from './storage';
import { openStore, type ChunkStore, type Stored } from './store';

/** What may wait, over all pages of the app in this browser. */
export const outboxBytes = 10_000_000;

const dayMs = 86_400_000;

/**
 * Chunks that are not acknowledged yet. Those of this document are kept here in order; all are also in IndexedDB,
 * so that a later document delivers what this one could not. Where that is blocked, memory alone has to do.
 *
 * Only a chunk that was never on its way may become a gap under its identity: what was sent without an answer may have
 * arrived, and the gap would contradict it.
 */
export class Outbox {
  /** This document's chunks, in order. */
  readonly own: Chunk[] = [];
  readonly #life: Life;
  readonly #store: Promise<ChunkStore | null>;
  /** Undefined while the database opens, null where it is blocked. */
  #opened: ChunkStore | null | undefined;

  /** @param dropped is told when a chunk of this document had to be given up, and how many entries with it. */
  constructor(
    name: string, private readonly local: LocalStore,
    private readonly dropped: (chunk: Chunk, lost: number) => void, private readonly limit = outboxBytes) {
    this.#life = new Life(name, local);
    const begun = this.#life.begin();
    this.#store = openStore(name).then(async store => { await begun; return (this.#opened = store); });
  }

  /** Takes a chunk; resolves when it is stored as well as this browser can. */
  async add(chunk: Chunk): Promise<void> {
    chunk.owner = this.#life.id;
    this.own.push(chunk);
    // An open store is written to at once: a document that unloads gets no later turn.
    await (this.#opened ? this.#opened.put(chunk) : this.#store.then(store => this.own.includes(chunk) ? store?.put(chunk) : undefined));
    await this.#makeRoom();
  }

  /** Notes that the chunk is on its way; resolves when later documents know it. */
  async mark(chunk: Chunk): Promise<void> {
    if (chunk.sent) return;
    chunk.sent = true;
    await this.#opened?.mark(chunk);
  }

  /** The chunk is acknowledged, or given up for good. */
  async remove(chunk: Stored): Promise<void> {
    const index = this.own.indexOf(chunk as Chunk);
    if (index >= 0) this.own.splice(index, 1);
    await (await this.#store)?.remove(chunk);
  }

  /** Stores what a chunk of this document holds now. */
  async update(chunk: Chunk): Promise<void> {
    if (this.own.includes(chunk)) await this.put(chunk);
  }

  /** The same for a claimed one. */
  async put(chunk: Chunk): Promise<void> {
    await this.#opened?.put(chunk);
  }

  /**
   * The document unloads, or is put aside and may come back as another one. What it holds is for whoever is there
   * next; what the database was not yet open for goes to the one store that takes it within this turn.
   */
  leave(): void {
    if (this.#opened === undefined && this.own.length) {
      this.local.write('rescued', [...this.local.read<Chunk[]>('rescued') ?? [], ...this.own]);
    }
    this.#life.end();
    if (this.#opened !== null) this.own.length = 0;
  }

  /** The document is there again. */
  comeBack(): void {
    void this.#life.begin();
  }

  /** Takes in what documents left that were gone before their database was open. */
  async adopt(): Promise<void> {
    const store = await this.#store;
    const rescued = this.local.read<Chunk[]>('rescued');
    if (!store || !rescued) return;
    for (const chunk of rescued) await store.put(chunk);
    this.local.write('rescued', null);
  }

  /**
   * Chunks of other documents, oldest page first as far as their clocks tell.
   * @param gone of such only that are gone for good.
   */
  async left(gone = true): Promise<Stored[]> {
    const isGone = await this.#life.census();
    const all = await (await this.#store)?.list() ?? [];
    return all.filter(one => one.owner !== this.#life.id && (!gone || isGone(one.owner)))
      .sort((a, b) => (a.page === b.page ? a.seq - b.seq : (a.opened ?? 0) - (b.opened ?? 0)));
  }

  /** Whether it can be told of every document if it is gone. */
  get certain(): boolean { return !!this.#life.locks; }

  /** Takes a chunk of another document to send it; null when somebody else has. */
  async claim(stored: Stored): Promise<Chunk | null> {
    return await (await this.#store)?.claim(stored) ?? null;
  }

  /** Gives up what is older than so many days, in whole pages; the gap that takes a chunk's place may lie as long again. */
  async expire(days: number): Promise<void> {
    for (const stored of await this.left()) {
      const age = stored.opened === null ? 0 : ((wall() ?? 0) - stored.opened) / dayMs;
      if (age > days * 2) await this.remove(stored);
      else if (age > days && !stored.gap && !stored.sent) await this.giveUpLeft(stored, 'outbox_full');
    }
  }

  /**
   * Puts a gap in the place of a chunk of another document; one that was on its way goes without, as never received.
   * @returns bytes that are free again.
   */
  async giveUpLeft(stored: Stored, reason: GapReason): Promise<number> {
    const store = await this.#store;
    if (stored.sent) {
      await store?.remove(stored);
      return stored.bytes;
    }
    const chunk = await store?.load(stored);
    if (!chunk) return 0;
    becomeGap(chunk, reason);
    return await store!.replace(chunk) ? stored.bytes - chunk.bytes : 0;
  }

  /** Forgets this document's chunks. */
  async clearOwn(): Promise<void> {
    for (const chunk of [...this.own]) await this.remove(chunk);
  }

  /** Forgets everything, other documents' chunks too. */
  async clear(): Promise<void> {
    this.own.length = 0;
    this.local.write('rescued', null);
    await (await this.#store)?.clear();
  }

  /** Gives up whole spans between snapshots, oldest first, others' before our own; each chunk says so under its seq. */
  async #makeRoom(): Promise<void> {
    const everybody = [...await this.left(false), ...this.own];
    let excess = everybody.reduce((sum, chunk) => sum + chunk.bytes, 0) - this.limit;
    if (excess <= 0) return;
    const left = await this.left();
    for (let span = oldestSpan(left); excess > 0 && span.length; span = oldestSpan(left)) {
      for (const stored of span) {
        excess -= await this.giveUpLeft(stored, 'outbox_full');
        stored.gap = true;
      }
    }
    for (let span = oldestSpan(this.own); excess > 0 && span.length; span = oldestSpan(this.own)) {
      for (const chunk of span) excess -= await this.#giveUp(chunk);
    }
    // What is left of others are gaps and chunks that were on their way.
    for (const stored of left) {
      if (excess <= 0) return;
      excess -= stored.bytes;
      await this.remove(stored);
    }
  }

  async #giveUp(chunk: Chunk): Promise<number> {
    // While the one before was stored, this one may have set out.
    if (chunk.sent) return 0;
    const before = chunk.bytes;
    this.dropped(chunk, becomeGap(chunk, 'outbox_full'));
    // Where nothing tells who is there, another document may have sent it: then nothing may follow.
    if (this.#opened && !await this.#opened.replace(chunk)) await this.remove(chunk);
    return before - chunk.bytes;
  }
}

/** The first chunk that may be given up, with those of its page up to the next snapshot. */
function oldestSpan<T extends Stored>(chunks: T[]): T[] {
  const free = (chunk: T) => !chunk.gap && !chunk.sent;
  const first = chunks.find(free);
  if (!first) return [];
  const rest = chunks.slice(chunks.indexOf(first)).filter(chunk => chunk.page === first.page && free(chunk));
  const end = rest.findIndex((chunk, index) => index > 0 && chunk.snapshot);
  return end < 0 ? rest : rest.slice(0, end);
}

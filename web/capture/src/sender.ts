import { becomeGap, compress, type Chunk } from './chunk';
import { guard, listen } from './guard';
import type { Outbox } from './outbox';
import type { Page } from './page';
import { backoff, bodyLimit, post, type Outcome } from './transport';

/** Browsers let 64 KiB in all be on their way when a document unloads. */
const keepaliveBytes = 60_000;

/** What the sender tells the recorder. */
export interface Reactions {
  /** A chunk came back for good, and so many of its entries are lost. */
  refused(chunk: Chunk, lost: number): void;
  /** No chunk of the key is taken. */
  closed(): void;
  /** A chunk was too large even when compressed, and so many of its entries are lost. */
  tooLarge(chunk: Chunk, lost: number): void;
}

/** Delivers this document's chunks one at a time and in order, as often as it takes. */
export class Sender {
  readonly #ready = new WeakMap<Chunk, Promise<void>>();
  readonly #pages = new WeakMap<Chunk, Page>();
  /** Chunks on their way, and whether that outlives the document. */
  readonly #flying = new Map<Chunk, boolean>();
  /** Bytes that may still go on their way so that they outlive the document. */
  #room = keepaliveBytes;
  #released = false;
  #closed = false;
  #running = false;
  #wake: () => void = () => undefined;
  #offOnline: () => void;

  constructor(private readonly base: string, private readonly outbox: Outbox, private readonly reactions: Reactions) {
    this.#offOnline = listen(window, 'online', () => this.#wake());
  }

  /** Nothing is sent before this: the app's settings may still tighten privacy or turn recording off. */
  release(): void {
    this.#released = true;
    void this.#run();
  }

  add(page: Page, chunk: Chunk): void {
    this.#pages.set(chunk, page);
    this.#ready.set(chunk, this.#prepare(chunk));
    void this.#run();
  }

  /**
   * Hands over what waits, in order, as far as the browser lets it go on without the document.
   * @param leaving the document unloads, which cancels uploads that do not outlive it: they go again, after the others.
   * Before the release only what no setting could tighten goes; the rest waits in the outbox for a later document.
   */
  flush(leaving: boolean): void {
    if (this.#closed) return;
    const cancelled = leaving ? this.outbox.own.filter(chunk => this.#flying.get(chunk) === false) : [];
    for (const chunk of [...this.outbox.own.filter(chunk => !this.#flying.has(chunk)), ...cancelled]) {
      if (!this.#released && !(leaving && chunk.privacy === 'strict') || chunk.bytes > this.#room) continue;
      void this.outbox.mark(chunk);
      void this.#deliver(chunk, true).finally(() => this.#wake());
    }
  }

  close(): void {
    this.#released = false;
    this.#closed = true;
    this.#offOnline();
    this.#wake();
  }

  async #prepare(chunk: Chunk): Promise<void> {
    await this.outbox.add(chunk);
    await compress(chunk).catch(() => undefined);
    if (chunk.bytes > bodyLimit) {
      this.reactions.tooLarge(chunk, becomeGap(chunk, 'entry_too_large'));
    }
    await this.outbox.update(chunk);
  }

  #run = guard(async () => {
    if (this.#running || !this.#released) return;
    this.#running = true;
    try {
      for (let attempt = 0; this.#released && this.outbox.own.length;) {
        const chunk = this.outbox.own[0]!;
        await this.#ready.get(chunk);
        if (this.outbox.own[0] === chunk) await this.outbox.mark(chunk);
        // A flush may have taken it meanwhile; its answer wakes this loop.
        if (this.#flying.has(chunk)) await this.#sleep(5000);
        if (this.#flying.has(chunk) || this.outbox.own[0] !== chunk || !this.#released) continue;
        attempt = await this.#attempt(chunk, attempt);
      }
    } finally {
      this.#running = false;
    }
  });

  /**
   * @returns how often the chunk was tried in vain.
   * A small one outlives the document from the start, and half of the room stays for what is captured last. Should the
   * page itself have used the room up, the next try does without.
   */
  async #attempt(chunk: Chunk, attempt: number): Promise<number> {
    const outcome = await this.#deliver(chunk, !attempt && chunk.bytes <= this.#room - keepaliveBytes / 2);
    if (outcome.state === 'closed') await this.#sleep(outcome.afterMs, true);
    else if (outcome.state === 'later') await this.#sleep(backoff(attempt, outcome.afterMs), outcome.afterMs > 0);
    else return 0;
    this.#closed = false;
    return attempt + 1;
  }

  async #deliver(chunk: Chunk, keepalive: boolean): Promise<Outcome> {
    const { gap, bytes } = chunk;
    this.#flying.set(chunk, keepalive);
    if (keepalive) this.#room -= bytes;
    const outcome = await post(this.base, chunk, this.#pages.get(chunk)?.clock.now(), keepalive);
    this.#flying.delete(chunk);
    if (keepalive) this.#room += bytes;
    let lost = 0;
    if (outcome.state === 'accepted' || outcome.state === 'refused' && gap) {
      await this.outbox.remove(chunk);
    } else if (outcome.state === 'refused' && !chunk.gap) {
      lost = becomeGap(chunk, 'refused', outcome.reason);
      await this.outbox.update(chunk);
    }
    if (outcome.state === 'refused') this.reactions.refused(chunk, lost);
    if (outcome.state === 'closed') {
      this.#closed = true;
      this.reactions.closed();
    }
    return outcome;
  }

  /** Waits; coming online ends it early, unless the server asked for the time. */
  #sleep(ms: number, firm = false): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, ms);
      this.#wake = firm ? () => undefined : () => { clearTimeout(timer); resolve(); };
    });
  }
}

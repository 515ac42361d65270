import { becomeGap } from './chunk';
import { guard } from './guard';
import type { Outbox } from './outbox';
import { locked, type LocalStore } from './storage';
import type { Stored } from './store';
import { tighter, type Privacy } from './options';
import { backoff, post } from './transport';

const name = ({ page, seq }: Stored) => `${page}/${seq}`;

/** How long a page that said no goodbye is given to deliver its own chunks. */
const graceMs = 30_000;

/**
 * Delivers what documents that are gone left behind, one document at a time. Pages that ended say so in localStorage
 * and are served at once; those that crashed are known by chunks that are still there after a while. Should both
 * deliver a chunk, it is a duplicate and harmless. No lock is held for a document's life: that would keep the page
 * out of the back-forward cache.
 */
export class Leftovers {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #floor: Privacy | null = null;

  constructor(
    private readonly base: string, private readonly lock: string,
    private readonly outbox: Outbox, private readonly local: LocalStore) {}

  /** @param floor the least strict level that the app allows. */
  start = guard(async (floor: Privacy | null) => {
    this.#floor = floor;
    const before = (await this.outbox.left(null)).map(name);
    await this.#deliver(this.local.read<string[]>('ended') ?? []);
    if (before.length) this.#again(graceMs, before);
  });

  /** Tells later documents that this page will not send any more. */
  static leave(local: LocalStore, page: string): void {
    local.write('ended', [...(local.read<string[]>('ended') ?? []), page].slice(-50));
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #again(ms: number, keys: string[]): void {
    this.#timer = setTimeout(guard(() => void this.#deliver(null, keys)), ms);
  }

  async #deliver(pages: string[] | null, keys?: string[]): Promise<void> {
    if (pages && !pages.length) return;
    const waitMs = await locked(this.lock, () => this.#drain(pages, keys), true);
    if (waitMs !== 0) this.#again(waitMs ?? graceMs, (await this.outbox.left(null)).map(name));
    else if (pages) this.local.write('ended', (this.local.read<string[]>('ended') ?? []).filter(one => !pages.includes(one)));
  }

  /** @returns ms to wait before another try, or 0 when all that was asked for is delivered. */
  async #drain(pages: string[] | null, keys?: string[]): Promise<number> {
    for (const stored of await this.outbox.left(pages)) {
      if (keys && !keys.includes(name(stored))) continue;
      const chunk = await this.outbox.load(stored);
      if (!chunk) continue;
      // It was captured before that document knew the app's settings.
      if (!chunk.gap && tighter(chunk.privacy, this.#floor) !== chunk.privacy) becomeGap(chunk, 'not_captured');
      let outcome = await post(this.base, chunk);
      if (outcome.state === 'refused' && !chunk.gap) {
        becomeGap(chunk, 'refused', outcome.reason);
        outcome = await post(this.base, chunk);
      }
      if (outcome.state === 'later') return graceMs + backoff(this.#attempt++, outcome.afterMs);
      await this.outbox.removeLeft(stored);
    }
    this.#attempt = 0;
    return 0;
  }
}

import { becomeGap } from './chunk';
import { guard } from './guard';
import { tighter, type Privacy } from './options';
import type { Outbox } from './outbox';
import { locked } from './storage';
import type { Stored } from './store';
import { backoff, post, type Outcome } from './transport';

const name = ({ page, seq }: Stored) => `${page}/${seq}`;

/** How often it is looked for what others left. */
const lookMs = 10_000;
/** The same without Web Locks: what lies there twice is taken for left, so it is the time a document has for its own. */
const graceMs = 30_000;

/**
 * Delivers what documents that are gone left behind, one document at a time. The lock is held only while there is
 * something to deliver: the next one goes on when its holder dies, and nobody is kept from the back-forward cache.
 */
export class Leftovers {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #floor: Privacy | null = null;
  #before: string[] = [];
  #stopped = false;

  /** @param days for which what a refused key left is kept. */
  constructor(
    private readonly base: string, private readonly lock: string,
    private readonly outbox: Outbox, private readonly days: number) {}

  /** @param floor the least strict level that the app allows. */
  async start(floor: Privacy | null): Promise<void> {
    this.#floor = floor;
    await this.#look();
  }

  get #lookMs(): number { return this.outbox.certain ? lookMs : graceMs; }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #look = guard(async () => {
    let waitMs;
    try {
      waitMs = await locked(this.lock, () => this.#drain(), true);
    } finally {
      if (!this.#stopped) this.#timer = setTimeout(() => void this.#look(), waitMs ?? this.#lookMs);
    }
  });

  /** @returns ms to wait before the next look. */
  async #drain(): Promise<number> {
    await this.outbox.adopt();
    for (const stored of await this.#due()) {
      const outcome = await this.#deliver(stored);
      if (this.#stopped) break;
      if (outcome?.state === 'closed') await this.outbox.expire(this.days);
      if (outcome?.state === 'closed') return outcome.afterMs;
      if (outcome?.state === 'later') return backoff(this.#attempt++, outcome.afterMs);
    }
    this.#attempt = 0;
    return this.#lookMs;
  }

  /** Chunks whose documents are gone; where that cannot be told, those that were there at the last look. */
  async #due(): Promise<Stored[]> {
    const gone = await this.outbox.left();
    if (this.outbox.certain) return gone;
    const all = await this.outbox.left(false), before = this.#before;
    this.#before = all.map(name);
    const sure = gone.map(name);
    return all.filter(one => sure.includes(name(one)) || before.includes(name(one)));
  }

  async #deliver(stored: Stored): Promise<Outcome | null> {
    // It was captured before that document knew the app's settings.
    if (!stored.gap && tighter(stored.privacy, this.#floor) !== stored.privacy) {
      await this.outbox.giveUpLeft(stored, 'not_captured');
    }
    const chunk = await this.outbox.claim(stored);
    if (!chunk) return null;
    let outcome = await post(this.base, chunk);
    if (outcome.state === 'refused' && !chunk.gap) {
      becomeGap(chunk, 'refused', outcome.reason);
      await this.outbox.put(chunk);
      outcome = await post(this.base, chunk);
    }
    if (outcome.state === 'accepted' || outcome.state === 'refused') await this.outbox.remove(stored);
    return outcome;
  }
}

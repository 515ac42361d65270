import { uuid } from './random';
import type { LocalStore } from './storage';

/** How many goodbyes are remembered; where there are Web Locks none has to be. */
const goodbyes = 50;

/**
 * Which documents of the app are still there, so that nobody else sends, or gives up, what a living one holds. Each
 * holds a Web Lock, which dies with it however it dies. A goodbye in localStorage tells the same where there are no
 * locks, and sooner where there are.
 */
export class Life {
  /** Names this document; after the back-forward cache it is another one, for what it held then is anybody's. */
  id = uuid();
  /** Whether locks tell who is there. */
  locks: LockManager | undefined = navigator.locks;
  #release: () => void = () => undefined;

  constructor(private readonly name: string, private readonly local: LocalStore) {}

  /** Resolves when others can see that this document is there. */
  begin(): Promise<void> {
    return new Promise(resolve => {
      if (!this.locks) return resolve();
      this.locks.request(this.#lock(this.id), () => new Promise<void>(release => { this.#release = release; resolve(); }))
        // A document that may hold none (its frame is sandboxed) does as one without.
        .catch(() => { this.locks = undefined; resolve(); });
    });
  }

  /** The document goes; should it come back, it is another one. */
  end(): void {
    this.local.write('ended', [...this.#ended, this.id].slice(-goodbyes));
    this.#release();
    this.id = uuid();
  }

  /** Tells of a document whether it is gone for good; of one that cannot be asked it says no. */
  async census(): Promise<(id: string) => boolean> {
    const { held = [] } = await this.locks?.query() ?? {};
    const names = held.map(one => one.name);
    const ended = this.#ended;
    return id => ended.includes(id) || !!this.locks && !names.includes(this.#lock(id));
  }

  get #ended(): string[] { return this.local.read<string[]>('ended') ?? []; }

  #lock(id: string): string { return `${this.name}:${id}`; }
}

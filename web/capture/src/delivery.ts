import type { Chunk } from './chunk';
import { guard } from './guard';
import { Leftovers } from './leftovers';
import type { Privacy, Resolved } from './options';
import { Outbox } from './outbox';
import type { Page } from './page';
import { Sender, type Reactions } from './sender';
import type { LocalStore } from './storage';

/** A document's way to the server: its outbox, what sends it, and what sends for documents that are gone. */
export class Delivery {
  readonly #outbox: Outbox;
  readonly #sender: Sender;
  readonly #leftovers: Leftovers;

  /** @param name names the app in this browser. */
  constructor(options: Resolved, name: string, local: LocalStore, reactions: Reactions & { dropped(chunk: Chunk, lost: number): void }) {
    const base = `${options.host}/capture/v1/${options.key}`;
    this.#outbox = new Outbox(name, local, reactions.dropped);
    this.#leftovers = new Leftovers(base, `${name}:outbox`, this.#outbox, options.outboxDays);
    this.#sender = new Sender(base, this.#outbox, reactions);
  }

  add(page: Page, chunk: Chunk): void { this.#sender.add(page, chunk); }

  flush(leaving: boolean): void { this.#sender.flush(leaving); }

  /** The app's settings are known: this document's chunks go. */
  release(): void { this.#sender.release(); }

  /** Then those of others. @param floor the least strict level that the app allows. */
  help(floor: Privacy | null): Promise<void> { return this.#leftovers.start(floor); }

  /** Others' chunks are left to others. */
  stopHelping(): void { this.#leftovers.stop(); }

  /** Deletes what this document holds, or all that lies there. */
  forget(all: boolean): void {
    guard(() => (all ? this.#outbox.clear() : this.#outbox.clearOwn()))();
  }

  /** Sends nothing any more. */
  close(): void {
    this.#leftovers.stop();
    this.#sender.close();
  }

  /** The document unloads: hands over what the browser lets go on, and leaves the rest to whoever comes next. */
  leave(): void {
    this.#sender.flush(true);
    this.#outbox.leave();
  }

  comeBack(): void { this.#outbox.comeBack(); }
}

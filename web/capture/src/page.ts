import { byteLength, entryLine, identity, type Chunk } from './chunk';
import type { PageClock } from './clock';
import type { Privacy } from './options';
import { uuid } from './random';
import type { Place } from './session';

/** An entry that waits for its chunk; it may still be rewritten until the chunk is cut. */
export interface Slot {
  at: number;
  kind: string;
  line: string;
}

/** From here on a page goes on in a new one; the protocol ends at 65,535. */
const lastSeq = 65_000;

/** One document's life in a session: gathers entries and cuts them into chunks. */
export class Page {
  readonly id = uuid();
  /** Where the page stands in its session; null until the session is known, and nothing is cut before. */
  place: Place | null = null;
  /** When the oldest waiting entry came, page clock. */
  since = 0;
  /** Approximate bytes that wait. */
  bytes = 0;
  #slots: Slot[] = [];
  #head: Slot;
  #seq = 0;
  #captured = 0;
  #dropped = 0;
  #snapshot = false;
  #ended = false;

  constructor(readonly clock: PageClock, readonly privacy: Privacy, readonly predecessor: Page | null = null) {
    this.#head = this.add('page', null);
  }

  get waiting(): number { return this.#slots.length; }

  get full(): boolean { return this.#seq >= lastSeq; }

  /** Whether a snapshot was captured before. */
  get begun(): boolean { return this.#snapshot || this.#seq > 0; }

  /** Fixes session and ordinal, and with them the entry that says what this page is. */
  join(place: Place, describe: (place: Place) => unknown): void {
    this.place = place;
    this.#head.line = entryLine(this.#head.at, 'page', describe(place));
  }

  add(kind: string, data: unknown, at = this.clock.now()): Slot {
    const slot = { at, kind, line: entryLine(at, kind, data) };
    if (!this.#slots.length) this.since = at;
    this.#slots.push(slot);
    this.bytes += slot.line.length + 1;
    this.#captured++;
    return slot;
  }

  rewrite(slot: Slot, data: unknown): void {
    slot.line = entryLine(slot.at, slot.kind, data);
  }

  /** Puts another entry in the place of one that is too large to send. */
  replace(slot: Slot, kind: string, data: unknown): void {
    this.bytes -= slot.line.length;
    slot.kind = kind;
    this.rewrite(slot, data);
    this.bytes += slot.line.length;
    this.drop(1);
  }

  /** Entries that were captured and then given up. */
  drop(count: number): void {
    this.#dropped += count;
  }

  /** Entries that were seen and never kept. */
  lose(count: number): void {
    this.#captured += count;
    this.drop(count);
  }

  /** The entries that wait begin a span that plays without what came before. */
  beginSpan(): void {
    this.#snapshot = true;
  }

  /** @returns the next chunk, or undefined when nothing waits, the session is not known or the page has ended. */
  cut(last = false): Chunk | undefined {
    if (!this.place || !this.#slots.length || this.#ended) return undefined;
    const slots = this.#slots;
    const body = slots.map(slot => slot.line).join('\n') + '\n';
    const ats = slots.map(slot => slot.at);
    const chunk: Chunk = {
      ...identity(this.place, this.id, this.#seq),
      body, bytes: byteLength(body), head: this.#seq ? '' : this.#head.line,
      from: ats.reduce((a, b) => Math.min(a, b)), to: ats.reduce((a, b) => Math.max(a, b)), n: slots.length,
      captured: this.#captured, dropped: this.#dropped,
      last, snapshot: this.#snapshot, gap: false, sent: false, owner: '', privacy: this.privacy, opened: this.clock.opened,
    };
    this.#seq++;
    this.#ended = last;
    this.#slots = [];
    this.bytes = 0;
    this.#snapshot = false;
    return chunk;
  }
}

/** Entries besides the DOM's that a page may add in a minute: a loop that logs must not fill the outbox. */
const perMinute = 600;
const minuteMs = 60_000;

/** Bounds the entries of a minute and says how many it kept out. */
export class Limiter {
  #since = 0;
  #count = 0;
  #lost = 0;
  #from = 0;
  #to = 0;

  admit(now: number): boolean {
    if (++this.#count <= perMinute) return true;
    if (!this.#lost++) this.#from = now;
    this.#to = now;
    return false;
  }

  /** @returns the data of a `gap` entry when a minute ends in which something was kept out. */
  tick(now: number): { reason: 'limit_reached'; count: number; from: number; to: number } | undefined {
    if (now - this.#since < minuteMs && now >= this.#since) return undefined;
    const lost = this.#lost;
    this.#since = now;
    this.#count = this.#lost = 0;
    return lost ? { reason: 'limit_reached', count: lost, from: this.#from, to: this.#to } : undefined;
  }
}

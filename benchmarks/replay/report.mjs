// A table of figures with the machine they were measured on, printed and kept.
import { cpus, release, totalmem, type } from 'node:os';
import { existsSync, writeFileSync } from 'node:fs';

const RESULTS = new URL('../results/', import.meta.url);

export const median = (values) => quantile(values, 0.5);
export const p95 = (values) => quantile(values, 0.95);

/** The value below or at which the share of the values lies; between two of them the nearer greater one. */
function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

export class Report {
  #lines = [];

  constructor(name) {
    this.name = name;
  }

  line(text = '') {
    console.log(text);
    this.#lines.push(text);
  }

  machine(browser) {
    const memory = Math.round(totalmem() / 2 ** 30);
    this.line(`Machine: ${cpus().length} cores, ${cpus()[0].model.trim()}, ${memory} GiB, ${type()} ${release()}, Chromium ${browser}.`);
    this.line();
  }

  /** Keeps what was printed as `NAME.md`. */
  keep() {
    if (existsSync(RESULTS)) writeFileSync(new URL(`${this.name}.md`, RESULTS), `${this.#lines.join('\n')}\n`);
  }
}

import type { GapCause } from '../model/manifest';

/** Most reports of one opened session; operators need to know that there is trouble, not each block of it. */
const REPORT_LIMIT = 50;
const DETAIL_LIMIT = 500;

/** Tells the server what could not be played. Best effort: a report that fails is not sent again. */
export class Reports {
  private readonly sent = new Set<string>();

  constructor(private readonly url: string, private readonly session: string, private readonly token: () => string) {}

  send(page: string, address: string | null, cause: GapCause, detail: string): void {
    const key = `${page}/${address}/${cause}`;
    if (this.sent.has(key) || this.sent.size >= REPORT_LIMIT) return;
    this.sent.add(key);
    fetch(this.url, {
      method: 'POST', credentials: 'omit', keepalive: true,
      headers: { Authorization: `Bearer ${this.token()}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ session: this.session, page, address, cause, detail: detail.slice(0, DETAIL_LIMIT) }),
    }).catch(() => {});
  }
}

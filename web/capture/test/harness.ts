import { IDBFactory } from 'fake-indexeddb';
import { vi } from 'vitest';
import { expectValid } from './schemas';

export const key = 'rk_' + 'd4'.repeat(16);
export const host = 'https://recount.example';

export const settings = { version: 1, recording: true, sample: 1, privacy: null, chunk_interval_ms: 5000, chunk_bytes: 64_000 };

/** An upload as the server sees it. */
export interface Upload {
  session: string;
  page: string;
  seq: number;
  query: URLSearchParams;
  init: RequestInit;
  text: string;
  entries: { at: number; k: string; d: any }[];
}

export type Answer = (upload: Upload) => Response | Promise<Response> | 'receipt' | 'offline';

/** What the SDK's documents see of the world: one browser profile and one server. */
export class World {
  readonly uploads: Upload[] = [];
  answer: Answer = () => 'receipt';
  settings: () => Response = () => json(200, settings);
  private readonly documents: { stop(): void }[] = [];
  private readonly lives: { over: boolean }[] = [];

  /** Begins with an empty browser and time under the test's control. */
  constructor() {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'], now: 1_800_000_000_000 });
    localStorage.clear();
    document.body.innerHTML = '<p>hello</p><button>go</button>';
    vi.stubGlobal('indexedDB', new IDBFactory());
  }

  /** Loads the SDK as a new document does. */
  async open(options: object = {}, start = true) {
    vi.resetModules();
    const life = { over: false };
    this.lives.push(life);
    vi.stubGlobal('fetch', (url: string, init: RequestInit) => (life.over ? new Promise(() => undefined) : this.fetch(url, init)));
    const sdk = await import('../src/index');
    this.documents.push(sdk);
    if (start) sdk.init({ key, host, ...options });
    return sdk;
  }

  /** The documents opened so far are gone: what they send from now on goes nowhere. */
  vanish(): void {
    for (const life of this.lives.splice(0)) life.over = true;
  }

  /** Lets time pass, in steps small enough for every timer to see. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 1000) {
      await vi.advanceTimersByTimeAsync(Math.min(left, 1000));
      await settle();
    }
  }

  /** Ends every document without a goodbye from the tests' side. */
  close(): void {
    this.documents.splice(0).forEach(one => one.stop());
    vi.useRealTimers();
    vi.unstubAllGlobals();
  }

  kinds(kind: string) { return this.uploads.flatMap(one => one.entries).filter(entry => entry.k === kind); }

  private async fetch(url: string, init: RequestInit): Promise<Response> {
    if (url.endsWith('/settings')) return this.settings();
    const { pathname, searchParams } = new URL(url);
    const [, , , , session, page, seq] = pathname.split('/');
    const text = init.body as string;
    const entries = text.trim().split('\n').map(line => JSON.parse(line));
    entries.forEach(expectValid);
    const upload = { session: session!, page: page!, seq: Number(seq), query: searchParams, init, text, entries };
    this.uploads.push(upload);
    const answer = await this.answer(upload);
    if (answer === 'offline') throw new TypeError('Failed to fetch');
    return answer === 'receipt'
      ? json(202, { session, page, seq: Number(seq), sha256: '0'.repeat(64), bytes: new TextEncoder().encode(text).length }) : answer;
  }
}

export const json = (status: number, body: unknown, headers = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });

export const refusal = (status: number, reason: string, final: boolean, more = {}, headers = {}) =>
  json(status, { type: `urn:recount:refusal:${reason}`, title: reason, status, reason, final, ...more }, headers);

/** Lets everything run that waits for no timer: promises and IndexedDB, which takes several turns. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise(resolve => setImmediate(resolve));
}

/** What lies in the outbox, as a document would find it. */
export const inDatabase = async () => {
  const { openStore } = await import('../src/store');
  const opening = openStore(`recount:${key}`);
  await settle();
  return (await opening)!.list();
};

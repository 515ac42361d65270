import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A chunk as the server received it. */
export interface Received {
  session: string;
  page: string;
  seq: number;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  entries: { at: number; k: string; d: any }[];
  /** Uncompressed body. */
  text: string;
}

/** An answer, or a network that fails: `lost` on the way here, `unheard` on the way back. */
type Answer = { status: number; body?: unknown; headers?: Record<string, string> } | 'lost' | 'unheard';

/** A capture endpoint that keeps what it gets and answers as told, beside pages that tests define. */
export class CaptureServer {
  readonly received: Received[] = [];
  readonly pages: Record<string, string> = {};
  settings: unknown = { version: 1, recording: true, sample: 1, privacy: null, chunk_interval_ms: 250, chunk_bytes: 64_000 };
  /** Replaces the usual receipt; undefined means the usual one. */
  answer: (received: Received) => Answer | undefined | Promise<Answer | undefined> = () => undefined;
  private readonly server = createServer((request, response) => void this.handle(request, response));
  private waiting: (() => void)[] = [];

  constructor(private readonly script: string) {}

  async start(): Promise<string> {
    await new Promise<void>(resolve => this.server.listen(0, '127.0.0.1', resolve));
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise(resolve => this.server.close(resolve));
  }

  get entries() { return this.received.flatMap(chunk => chunk.entries); }

  /** Resolves when what was received satisfies the condition. */
  async until(condition: (received: Received[]) => boolean): Promise<void> {
    while (!condition(this.received)) await new Promise<void>(resolve => this.waiting.push(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://localhost');
    const cors = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'Retry-After' };
    const send = (status: number, body: string, type: string, more = {}) =>
      response.writeHead(status, { 'content-type': type, ...cors, ...more }).end(body);
    if (url.pathname === '/recount.js') return void send(200, await readFile(this.script, 'utf8'), 'text/javascript');
    if (url.pathname in this.pages) return void send(200, this.pages[url.pathname]!, 'text/html; charset=utf-8');
    const [, , , , session, page, seq] = url.pathname.split('/');
    if (session === 'settings') return void send(200, JSON.stringify(this.settings), 'application/json');
    if (request.method !== 'POST' || seq === undefined) return void send(404, 'not here', 'text/plain');
    const body = await read(request);
    // The document went away in the middle of the upload.
    if (!body) return;
    const text = (url.searchParams.get('enc') === 'gzip' ? gunzipSync(body) : body).toString('utf8');
    const entries = text.trim().split('\n').map(line => JSON.parse(line));
    const received: Received = {
      session: session!, page: page!, seq: Number(seq), query: url.searchParams, headers: request.headers, entries, text,
    };
    const answer = await this.answer(received);
    if (!answer || answer === 'unheard') this.received.push(received);
    if (typeof answer === 'string') request.socket.destroy();
    else {
      const { status, body: content, headers } = answer
        ?? { status: 202, body: { session, page, seq: Number(seq), sha256: '0'.repeat(64), bytes: body.length }, headers: {} };
      send(status, JSON.stringify(content ?? {}), 'application/json', headers);
    }
    this.waiting.splice(0).forEach(wake => wake());
  }
}

async function read(request: IncomingMessage): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  try {
    for await (const part of request) parts.push(part as Buffer);
    return Buffer.concat(parts);
  } catch {
    return null;
  }
}

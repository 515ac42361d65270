// A small stand-in for the server: the session page on localhost, the stage and the blocks on 127.0.0.1.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { brotliDecompressSync } from 'node:zlib';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import type { Recording } from './recording';

const SOURCE = new URL('../src/', import.meta.url).pathname;
const TOKEN_MS = 600_000;

export class ReplayServer {
  readonly reports: { page: string; address: string | null; cause: string; detail: string }[] = [];
  /** Requests that no route of the replay host or of the session page knows. */
  readonly strays: string[] = [];
  readonly tokens: string[] = [];
  readonly blockRequests: string[] = [];
  /** Answers instead of the stored block, by `{page}/{address}`. */
  readonly faults = new Map<string, (response: ServerResponse) => void>();
  /** Answers instead of the manifest and of tokens. */
  refusal: ((response: ServerResponse) => void) | null = null;
  private constructor(private readonly server: Server, public recording: Recording) {}

  static async start(recording: Recording): Promise<ReplayServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const it = new ReplayServer(server, recording);
    server.on('request', (request, response) => void it.answer(request, response));
    return it;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get app(): string {
    return `http://localhost:${this.port}`;
  }

  get replay(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.app);
    const isApp = request.headers.host === `localhost:${this.port}`;
    if (isApp) await this.appAnswer(url, response);
    else await this.replayAnswer(request, url, response);
  }

  private async appAnswer(url: URL, response: ServerResponse): Promise<void> {
    switch (url.pathname) {
      case '/session':
        response.setHeader('Content-Security-Policy', `default-src 'self'; frame-src ${this.replay}; style-src 'self' 'unsafe-inline'; img-src 'self' data:`);
        return html(response, this.sessionPage(url.searchParams.get('theme') ?? 'light'));
      case '/player.js': return script(response, await bundle('app'));
      case '/player.css': return void response.writeHead(200, { 'Content-Type': 'text/css' }).end(await readFile(`${SOURCE}app/player.css`));
      case '/tabler.css': return void response.writeHead(200, { 'Content-Type': 'text/css' }).end(
        await readFile(new URL('../../node_modules/@tabler/core/dist/css/tabler.min.css', import.meta.url)).catch(() => ''));
      case '/manifest': return this.refusal ? this.refusal(response) : json(response, this.recording.manifest);
      case '/token': return this.refusal ? this.refusal(response) : json(response, this.newToken());
      case '/login': return html(response, '<title>Sign in</title>');
      default: return this.stray(response, `app ${url.pathname}`);
    }
  }

  private async replayAnswer(request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> {
    if (url.pathname === '/replay/v1/stage') return this.stage(response);
    if (url.pathname === '/replay/v1/stage.js') return script(response, await bundle('stage'));
    if (request.headers.authorization !== `Bearer ${this.tokens[this.tokens.length - 1]}`) {
      if (!url.pathname.startsWith('/replay/v1/')) return this.stray(response, `replay ${url.pathname}`);
      return void response.writeHead(401).end();
    }
    if (url.pathname === '/replay/v1/reports') return this.report(request, response);
    const block = /^\/replay\/v1\/sessions\/[^/]+\/pages\/(.+)$/.exec(url.pathname)?.[1];
    if (block === undefined) return this.stray(response, `replay ${url.pathname}`);
    this.block(request, block, response);
  }

  private block(request: IncomingMessage, address: string, response: ServerResponse): void {
    this.blockRequests.push(address);
    const fault = this.faults.get(address);
    if (fault !== undefined) return fault(response);
    const stored = this.recording.blocks.get(address);
    if (stored === undefined) return void response.writeHead(404, { 'Content-Type': 'application/problem+json' }).end('{"cause":"object_missing"}');
    const brotli = String(request.headers['accept-encoding'] ?? '').includes('br');
    response.setHeader('Content-Type', 'application/x-ndjson');
    if (brotli) response.setHeader('Content-Encoding', 'br');
    response.end(brotli ? stored : brotliDecompressSync(stored));
  }

  private stage(response: ServerResponse): void {
    const nonce = randomBytes(16).toString('base64');
    response.setHeader('Content-Security-Policy', `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'unsafe-inline' 'self'; `
      + `img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors ${this.app}`);
    response.setHeader('X-DNS-Prefetch-Control', 'off');
    html(response, `<!doctype html><html lang="en" data-app-origin="${this.app}"><head><meta charset="utf-8"><title>Stage</title></head>`
      + `<body><script nonce="${nonce}" src="/replay/v1/stage.js"></script></body></html>`);
  }

  private report(request: IncomingMessage, response: ServerResponse): void {
    let body = '';
    request.on('data', (part: Buffer) => { body += part.toString(); });
    request.on('end', () => {
      this.reports.push(JSON.parse(body));
      response.writeHead(204).end();
    });
  }

  private stray(response: ServerResponse, what: string): void {
    if (what !== 'app /favicon.ico') this.strays.push(what);
    response.writeHead(404).end();
  }

  private newToken(): { token: string; expires_in_ms: number } {
    const token = randomBytes(16).toString('hex');
    this.tokens.push(token);
    return { token, expires_in_ms: TOKEN_MS };
  }

  private sessionPage(theme: string): string {
    const given = JSON.stringify({ manifest: this.recording.manifest, stage_token: this.newToken() }).replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    return `<!doctype html><html lang="en" data-bs-theme="${theme}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">`
      + `<title>Session</title><link rel="stylesheet" href="/tabler.css"><link rel="stylesheet" href="/player.css"></head>`
      + `<body style="margin:1rem"><div class="rp" data-recount-player data-manifest-url="/manifest" data-token-url="/token" `
      + `data-antiforgery="x" data-start="${given}"><div class="rp-main"><div class="rp-screen"><div class="rp-frame">`
      + `<iframe class="rp-stage" title="Recorded page" src="${this.replay}/replay/v1/stage" sandbox="allow-scripts allow-same-origin" `
      + `referrerpolicy="no-referrer" tabindex="-1"></iframe></div></div></div></div><script type="module" src="/player.js"></script></body></html>`;
  }
}

const html = (response: ServerResponse, text: string): void =>
  void response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(text);

const json = (response: ServerResponse, value: unknown): void =>
  void response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));

const script = (response: ServerResponse, text: string): void =>
  void response.writeHead(200, { 'Content-Type': 'text/javascript', 'X-Content-Type-Options': 'nosniff' }).end(text);

const bundles = new Map<string, Promise<string>>();

/** The sources as they are now, bundled once per test file. */
function bundle(name: 'app' | 'stage'): Promise<string> {
  let made = bundles.get(name);
  if (made === undefined) {
    made = build({ entryPoints: [`${SOURCE}${name}/main.ts`], bundle: true, write: false, format: 'iife', target: 'es2022', loader: { '.css': 'text' }, logLevel: 'silent' })
      .then((result) => result.outputFiles[0]!.text);
    bundles.set(name, made);
  }
  return made;
}

// A Recount server of the benchmark's own: built in Release, on a data directory of its own and a free port.
import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

const SERVER = new URL('../../src/Recount.Server/bin/Release/net10.0/Recount.Server.dll', import.meta.url).pathname;
const RATE = 'ChunksPerSecond';
/** The whole hour comes at once, from one address. */
const QUOTAS = Object.fromEntries(['KeyRate', 'AddressRate', 'SessionRate'].flatMap((name) => [
  [`RECOUNT__Capture__${name}__${RATE}`, '1000000'], [`RECOUNT__Capture__${name}__Burst`, '1000000'],
]));
const READY = /is ready at (\S+)/;
const FIRST_RUN = /(\S+\/first-run\?\S+)/;
const ASK_EVERY_MS = 50;

export class Recount {
  /** Address of the app. */
  address = '';
  /** Where an owner is made; empty when there is one. */
  firstRun = '';
  #process;

  constructor(data) {
    this.data = data;
  }

  /** Starts the server and waits until it is ready. @param {Record<string, string>} settings `RECOUNT__Section__Key` */
  async start(settings) {
    const env = { ...process.env, ...QUOTAS, ...settings };
    const args = [SERVER, 'serve', '--data', this.data, '--port', '0', '--no-demo'];
    this.#process = spawn('dotnet', args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = [];
    createInterface({ input: this.#process.stderr }).on('line', (line) => said.push(line));
    const lines = createInterface({ input: this.#process.stdout });
    await new Promise((resolve, reject) => {
      this.#process.once('exit', () => reject(new Error(`The server ended before it was ready.\n${said.join('\n')}`)));
      lines.on('line', (line) => {
        this.address = READY.exec(line)?.[1] ?? this.address;
        this.firstRun = FIRST_RUN.exec(line)?.[1] ?? this.firstRun;
        if (this.address !== '') resolve();
      });
    });
  }

  async stop() {
    if (this.#process === undefined || this.#process.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGTERM');
    await ended;
    this.address = this.firstRun = '';
  }

  /** The command line's answer. */
  async cli(...verb) {
    const { stdout } = await promisify(execFile)('dotnet', [SERVER, ...verb, '--data', this.data, '--json']);
    return JSON.parse(stdout);
  }

  /** Sends chunks one after the other, each acknowledged. */
  async send(key, session, page, chunks) {
    for (const chunk of chunks) {
      const body = Buffer.from(chunk.entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
      const clocks = chunk.entries.map(({ at }) => at);
      const query = new URLSearchParams({
        w: '0123456789abcdef0123456789abcdef', clock: String(Math.max(...clocks)), from: String(Math.min(...clocks)),
        to: String(Math.max(...clocks)), n: String(clocks.length), enc: 'gzip',
        ...(chunk === chunks[chunks.length - 1] ? { last: '1' } : {}),
      });
      const url = `${this.address}/capture/v1/${key}/${session}/${page}/${chunk.seq}?${query}`;
      const answer = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: gzipSync(body) });
      if (answer.status !== 202) throw new Error(`Chunk ${chunk.seq} was answered with ${answer.status}: ${await answer.text()}`);
      await answer.arrayBuffer();
    }
  }

  /** Waits until the session has all its chunks and is in the state. @returns the session's line of the list */
  async reaches(token, session, chunks, state) {
    for (;;) {
      const answer = await fetch(`${this.address}/api/v1/sessions`, { headers: { Authorization: `Bearer ${token}` } });
      const found = (await answer.json()).items?.find((item) => item.session === session);
      if (found?.chunks === chunks && found.state === state) return found;
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
  }
}

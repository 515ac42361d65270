import { GAP_CAUSES, type Block, type GapCause, type Page } from '../model/manifest';

/** Decoded blocks that are kept in memory, bytes. */
export const DEFAULT_BUDGET_BYTES = 64 * 1024 * 1024;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 8_000;
const ANSWER_TIMEOUT_MS = 30_000;
const BODY_ATTEMPTS = 3;

/** The block cannot be played, now or later. */
export class BlockError extends Error {
  constructor(readonly block: Block, readonly page: Page, readonly gap: GapCause, detail: string) {
    super(detail);
  }
}

export interface BlockStoreOptions {
  /** Address of the session's pages, without a final slash. */
  base: string;
  token: string;
  budgetBytes: number;
  /** Told when the token was refused; the store waits for {@link BlockStore.renew}. */
  tokenRefused: () => void;
  /** Told whether the server answers. */
  reachable: (is: boolean) => void;
}

/** Fetches blocks, proves that they are what the manifest says, and keeps the ones used last. */
export class BlockStore {
  private readonly kept = new Map<string, Uint8Array>();
  private readonly coming = new Map<string, Promise<Uint8Array>>();
  private readonly renewed = new EventTarget();
  private keptBytes = 0;
  private token: string;

  constructor(private readonly options: BlockStoreOptions) {
    this.token = options.token;
  }

  renew(token: string): void {
    this.token = token;
    this.renewed.dispatchEvent(new Event('token'));
  }

  has(page: Page, block: Block): boolean {
    return this.kept.has(keyOf(page, block));
  }

  hasOrComes(page: Page, block: Block): boolean {
    return this.has(page, block) || this.coming.has(keyOf(page, block));
  }

  /** The block's content if it is in memory. */
  peek(page: Page, block: Block): Uint8Array | null {
    return this.kept.get(keyOf(page, block)) ?? null;
  }

  /** The block's content. Throws {@link BlockError}; waits as long as the server cannot be reached. */
  load(page: Page, block: Block): Promise<Uint8Array> {
    const key = keyOf(page, block);
    const kept = this.kept.get(key);
    if (kept !== undefined) {
      // Last used is last in the map, and the first is let go first.
      this.kept.delete(key);
      this.kept.set(key, kept);
      return Promise.resolve(kept);
    }
    let coming = this.coming.get(key);
    if (coming === undefined) {
      coming = this.fetchProven(page, block)
        .then((content) => this.keep(key, content))
        .finally(() => this.coming.delete(key));
      this.coming.set(key, coming);
    }
    return coming;
  }

  private keep(key: string, content: Uint8Array): Uint8Array {
    this.kept.set(key, content);
    this.keptBytes += content.byteLength;
    for (const [oldest, bytes] of this.kept) {
      if (this.keptBytes <= this.options.budgetBytes || oldest === key) break;
      this.kept.delete(oldest);
      this.keptBytes -= bytes.byteLength;
    }
    return content;
  }

  private async fetchProven(page: Page, block: Block): Promise<Uint8Array> {
    const content = await this.fetchContent(page, block);
    if (content.byteLength !== block.bytes) {
      throw new BlockError(block, page, 'damaged', `${content.byteLength} bytes came, ${block.bytes} were announced`);
    }
    if (canHash()) {
      const hash = await sha256(content);
      if (hash !== block.sha256) throw new BlockError(block, page, 'hash_mismatch', `the content's hash is ${hash}`);
    }
    return content;
  }

  /** A body that breaks off may be the network's fault; one that does so each time is damaged. */
  private async fetchContent(page: Page, block: Block): Promise<Uint8Array> {
    for (let attempt = 0; attempt < BODY_ATTEMPTS; attempt++) {
      const response = await this.fetchUntilAnswered(page, block);
      if (!response.ok) throw new BlockError(block, page, await causeOf(response), `the server answered ${response.status}`);
      const content = await bodyOf(response);
      if (content !== null) return content;
    }
    throw new BlockError(block, page, 'damaged', 'the content could not be decoded');
  }

  private async fetchUntilAnswered(page: Page, block: Block): Promise<Response> {
    const url = `${this.options.base}/${encodeURIComponent(page.page)}/${block.address}${canHash() ? '' : '?verify=1'}`;
    for (let wait = FIRST_RETRY_MS; ; wait = Math.min(wait * 2, LAST_RETRY_MS)) {
      const token = this.token;
      const response = await tryFetch(url, token);
      if (response?.status === 401) {
        await this.nextToken(token);
        continue;
      }
      const answered = response !== null && response.status !== 429 && response.status < 500;
      this.options.reachable(answered);
      if (answered) return response;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  private nextToken(refused: string): Promise<void> {
    if (this.token !== refused) return Promise.resolve();
    this.options.tokenRefused();
    return new Promise((resolve) => this.renewed.addEventListener('token', () => resolve(), { once: true }));
  }
}

/** WebCrypto is there only in a secure context; elsewhere the server checks and the player says so. */
export const canHash = (): boolean => globalThis.crypto?.subtle !== undefined;

const keyOf = (page: Page, block: Block): string => `${page.page}/${block.address}/${block.sha256}`;

async function tryFetch(url: string, token: string): Promise<Response | null> {
  try {
    return await fetch(url, {
      headers: { Authorization: `Bearer ${token}` }, credentials: 'omit', signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
  } catch {
    return null;
  }
}

async function bodyOf(response: Response): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch {
    return null;
  }
}

async function causeOf(response: Response): Promise<GapCause> {
  try {
    const problem = (await response.json()) as { cause?: unknown };
    if (GAP_CAUSES.includes(problem.cause as GapCause)) return problem.cause as GapCause;
  } catch {
    // No problem document: the status has to do.
  }
  return response.status === 410 ? 'erased' : 'object_missing';
}

export async function sha256(content: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content as Uint8Array<ArrayBuffer>));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

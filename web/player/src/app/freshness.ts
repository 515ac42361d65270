import type { Manifest } from '../model/manifest';
import { fetchManifest, fetchToken, ServerError, type Addresses } from './server';

const POLL_EVERY_MS = 1_000;
/** A session that is quiet may go on: its visitor reads, or comes back to the tab. */
const POLL_QUIET_EVERY_MS = 15_000;
export const AFTER_ERROR_MS = 5_000;
/** A token is renewed when this share of its life is over. */
const TOKEN_RENEWAL = 0.8;

export interface FreshnessEvents {
  manifest(manifest: Manifest): void;
  token(token: string): void;
  /** The server does not help now; null when it does again. */
  trouble(error: ServerError | null): void;
}

/** Keeps what the player has of the server up to date while one watches: the manifest, and the stage's token. */
export class Freshness {
  private pollDue: number | undefined;
  private renewing = false;

  constructor(private readonly addresses: Addresses, private readonly events: FreshnessEvents) {}

  /** Looks again when it is time to, for what the session is now. */
  pollAfter(manifest: Manifest): void {
    this.pollIn(manifest.state === 'live' ? POLL_EVERY_MS : POLL_QUIET_EVERY_MS);
  }

  renewBefore(expiresInMs: number): void {
    setTimeout(() => void this.renew(), Math.max(1_000, expiresInMs * TOKEN_RENEWAL));
  }

  async renew(): Promise<void> {
    if (this.renewing) return;
    this.renewing = true;
    await this.asking(async () => {
      const { token, expiresInMs } = await fetchToken(this.addresses);
      this.events.token(token);
      this.renewBefore(expiresInMs);
    }, () => setTimeout(() => void this.renew(), AFTER_ERROR_MS));
    this.renewing = false;
  }

  private pollIn(ms: number): void {
    clearTimeout(this.pollDue);
    this.pollDue = window.setTimeout(() => void this.poll(), ms);
  }

  private poll(): Promise<void> {
    return this.asking(async () => this.events.manifest(await fetchManifest(this.addresses)), () => this.pollIn(AFTER_ERROR_MS));
  }

  /** Who is signed out has to do something; anything else may pass. */
  private async asking(ask: () => Promise<void>, again: () => void): Promise<void> {
    try {
      await ask();
      this.events.trouble(null);
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      this.events.trouble(error);
      if (!error.signedOut) again();
    }
  }
}

import type { Privacy } from './options';
import type { LocalStore } from './storage';

/** The app's settings, as the server answers them. */
export interface Settings {
  version: 1;
  recording: boolean;
  sample: number;
  privacy: Privacy | null;
  /** ms between chunks, 250 to 60,000. */
  chunk_interval_ms: number;
  /** Uncompressed bytes at which a chunk is cut, 1,024 to 4,194,304. */
  chunk_bytes: number;
}

export const defaults: Settings = {
  version: 1, recording: true, sample: 1, privacy: null, chunk_interval_ms: 5000, chunk_bytes: 64_000,
};

const within = (value: unknown, least: number, most: number) =>
  typeof value === 'number' && value >= least && value <= most;

/** The settings when they are wholly valid, else null: a corrupt answer counts as none. */
export function valid(value: unknown): Settings | null {
  const s = value as Settings | null;
  return s && s.version === 1 && typeof s.recording === 'boolean' && within(s.sample, 0, 1)
    && [null, 'strict', 'inputs', 'open'].includes(s.privacy)
    && Number.isInteger(s.chunk_interval_ms) && within(s.chunk_interval_ms, 250, 60_000)
    && Number.isInteger(s.chunk_bytes) && within(s.chunk_bytes, 1024, 4_194_304) ? s : null;
}

/** The last valid settings of an earlier visit. */
export const remembered = (store: LocalStore) => valid(store.read('settings'));

/** Asks the server; null when it is not reachable within 3 s or answers nonsense. */
export async function fetchSettings(url: string, store: LocalStore): Promise<Settings | null> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), 3000);
  try {
    const response = await fetch(url, { credentials: 'omit', signal: abort.signal });
    const settings = response.ok ? valid(await response.json()) : null;
    if (settings) store.write('settings', settings);
    return settings;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

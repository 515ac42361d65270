import { ManifestError, readManifest, type Manifest } from '../model/manifest';

/** Where the session page finds its session; the server writes these into the player's element. */
export interface Addresses {
  manifest: string;
  token: string;
  /** Antiforgery token of the page, sent with the request for a stage token. */
  antiforgery: string;
}

export interface StageToken {
  token: string;
  expiresInMs: number;
}

/** What the server gave along with the page, so that nothing has to be asked for before the first picture. */
export interface Given {
  manifest: Manifest;
  token: StageToken;
}

/** Takes it out of the page. Null when there is nothing that can be used; then everything is asked for. */
export function takeGiven(root: HTMLElement): Given | null {
  const text = root.dataset.start;
  delete root.dataset.start;
  if (!text) return null;
  const given = JSON.parse(text) as { manifest?: unknown; stage_token?: unknown };
  const token = readToken(given.stage_token);
  try {
    return token === null ? null : { manifest: readManifest(given.manifest), token };
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return null;
  }
}

/** What the server said instead of what was asked for, in words for the viewer. */
export class ServerError extends Error {
  constructor(message: string, readonly signedOut = false) {
    super(message);
  }
}

const JSON_HEADERS = { Accept: 'application/json' };

export async function fetchManifest(addresses: Addresses): Promise<Manifest> {
  const answer = await ask(addresses.manifest, { headers: JSON_HEADERS });
  try {
    return readManifest(answer);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw new ServerError(error.newer
      ? 'This recording was written by a newer version of Recount. Reload the page after the update.'
      : 'The list of what this session consists of cannot be read.');
  }
}

export async function fetchToken(addresses: Addresses): Promise<StageToken> {
  const answer = await ask(addresses.token, {
    method: 'POST', headers: { ...JSON_HEADERS, RequestVerificationToken: addresses.antiforgery },
  });
  const token = readToken(answer);
  if (token === null) throw new ServerError('The session cannot be opened: the server gave no key for it.');
  return token;
}

function readToken(value: unknown): StageToken | null {
  const it = value as { token?: unknown; expires_in_ms?: unknown } | null | undefined;
  return typeof it?.token === 'string' && typeof it.expires_in_ms === 'number'
    ? { token: it.token, expiresInMs: it.expires_in_ms } : null;
}

async function ask(url: string, init: RequestInit): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, credentials: 'same-origin', redirect: 'error' });
  } catch {
    throw new ServerError('Recount cannot be reached. What is loaded plays on, and the player tries again by itself.');
  }
  if (response.status === 401 || response.status === 403) throw new ServerError('You are signed out. What is loaded can still be watched.', true);
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer;
  const problem = answer as { detail?: unknown; title?: unknown } | null;
  const words = [problem?.detail, problem?.title].find((it): it is string => typeof it === 'string' && it !== '');
  throw new ServerError(words ?? `The session cannot be opened: the server answered ${response.status}.`);
}

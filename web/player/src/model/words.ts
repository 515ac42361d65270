import type { BlankCause } from './spans';

const CAUSES: Record<BlankCause, string> = {
  not_received: 'This part never arrived',
  not_sent: 'This part was not sent by the page',
  quarantined: 'This part is in quarantine',
  damaged: 'This part is damaged',
  hash_mismatch: 'This part does not match its hash',
  object_missing: 'This part is missing from storage',
  version_newer: 'This part was written by a newer version of Recount',
  erased: 'This part was erased',
  no_snapshot: 'The beginning of this page has no full picture',
  nothing_yet: 'Nothing of this page has arrived',
};

const REASONS: Record<string, string> = {
  outbox_full: 'its device had no room to keep it',
  outbox_lost: 'its device lost it before it could be sent',
  refused: 'it was refused when it was sent',
  entry_too_large: 'an entry was too large',
  not_captured: 'it was not captured',
  paused: 'recording was paused',
  limit_reached: 'a limit was reached',
  conflict: 'other content came under the same address',
  foreign: 'it came from somebody else than the session',
  undecodable: 'it could not be decoded',
  too_large: 'it was too large',
  too_deep: 'it was nested too deeply',
  hash_mismatch: 'it did not match its hash',
  damaged: 'its bytes were damaged',
};

/** A cause in words, with its reason where one is known. */
export function causeInWords(cause: BlankCause, reason: string | null = null): string {
  const why = reason !== null && Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined;
  return why === undefined ? CAUSES[cause] : `${CAUSES[cause]}: ${why}`;
}

/**
 * What a page is called: its title, or its address when it has none, or when nothing of the title was left by the app's
 * privacy level.
 */
export function pageName(page: { title: string; url: string }): string {
  return /[^*\s]/.test(page.title) ? page.title : withoutScheme(page.url) || 'Untitled page';
}

export const withoutScheme = (url: string): string => url.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');

/** Position on the time line: `m:ss`, or `h:mm:ss` from an hour on. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const pad = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60) % 60;
  const hours = Math.floor(seconds / 3600);
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}

/** A length of time as one says it: `4 s`, `2 min 5 s`, `1 h 10 min`. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return joined(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  return joined(Math.floor(seconds / 3600), 'h', Math.floor((seconds % 3600) / 60), 'min');
}

/** The same for screen readers. */
export function spokenTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts: string[] = [];
  const add = (value: number, one: string): void => {
    if (value > 0) parts.push(`${value} ${one}${value === 1 ? '' : 's'}`);
  };
  add(Math.floor(seconds / 3600), 'hour');
  add(Math.floor(seconds / 60) % 60, 'minute');
  add(seconds % 60, 'second');
  return parts.length === 0 ? '0 seconds' : parts.join(' ');
}

const joined = (high: number, highUnit: string, low: number, lowUnit: string): string =>
  low === 0 ? `${high} ${highUnit}` : `${high} ${highUnit} ${low} ${lowUnit}`;

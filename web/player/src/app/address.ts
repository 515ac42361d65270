import { clockText } from '../model/words';

const EVERY_MS = 1_000;

/** The time that the address asks for, ms. */
export function askedTime(): number | null {
  const asked = new URL(location.href).searchParams.get('t');
  const t = Number(asked);
  return asked !== null && Number.isFinite(t) && t >= 0 ? t : null;
}

/** The address always says where one is, so that it can be copied. */
export class Address {
  private writtenAt = 0;

  /** @param now false while the time runs: browsers slow down who writes the address too often. */
  keep(t: number, now: boolean): void {
    if (!now && performance.now() - this.writtenAt < EVERY_MS) return;
    this.writtenAt = performance.now();
    const url = new URL(location.href);
    url.searchParams.set('t', String(Math.round(t)));
    if (url.href !== location.href) history.replaceState(history.state, '', url);
    document.title = document.title.replace(/^(?:\d+:)?\d+:\d\d · |^/, `${clockText(t)} · `);
  }
}

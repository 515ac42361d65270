import { SPEEDS } from '../protocol';

const KEY = 'recount.player';

/** What the viewer chose last, kept in this browser. */
export interface ViewerSettings {
  speed: number;
  skipInactivity: boolean;
}

export function loadSettings(): ViewerSettings {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<ViewerSettings>;
    return {
      speed: (SPEEDS as readonly number[]).includes(kept.speed as number) ? kept.speed! : 1,
      skipInactivity: kept.skipInactivity !== false,
    };
  } catch {
    return { speed: 1, skipInactivity: true };
  }
}

export function saveSettings(settings: ViewerSettings): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // Storage may be switched off; the choice then lasts as long as the page.
  }
}

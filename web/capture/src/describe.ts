import type { Page } from './page';
import { maskText, maskUrl } from './privacy';
import type { Place } from './session';
import { name, version } from './version';

/** The data of a `page` entry: what the page is and where it stands in its session. */
export function describePage(page: Page, place: Place, allowed: readonly string[]) {
  const { privacy } = page;
  const carriesOn = page.predecessor?.place?.session === place.session ? page.predecessor.id : null;
  return {
    url: maskUrl(location.href, privacy, allowed),
    referrer: maskUrl(document.referrer, privacy, allowed),
    title: maskText(document.title, privacy),
    viewport: { width: innerWidth, height: innerHeight },
    userAgent: navigator.userAgent,
    colorScheme: attempt(() => matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'),
    language: navigator.language,
    timeZone: attempt(() => Intl.DateTimeFormat().resolvedOptions().timeZone),
    opened: page.clock.opened,
    ordinal: place.ordinal,
    person: place.person,
    sdk: { name, version },
    privacy,
    predecessor: carriesOn,
  };
}

/** What a browser does not tell is left out; a page is recorded all the same. */
function attempt(ask: () => string): string | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

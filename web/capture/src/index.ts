import { Capture } from './capture';
import { clockFromNow, PageClock } from './clock';
import { failures, guard } from './guard';
import { resolve, type Options, type Privacy, type Resolved } from './options';
import { LocalStore } from './storage';

export type { Options, Privacy };
export { version } from './version';

let options: Resolved | null = null;
let capture: Capture | null = null;
/** The document's own page begins with the document, a later one when it is started. */
let fresh = true;

const nameOf = (of: Resolved) => `recount:${of.key}`;
const out = () => new LocalStore(`${nameOf(options!)}:`);

/** Starts recording; a second call does nothing. */
export const init = guard((given: Options) => {
  if (options) return;
  options = resolve(given);
  // A page that the browser only prepares is opened, or not, later.
  if ((document as { prerendering?: boolean }).prerendering) {
    document.addEventListener('prerenderingchange', () => { fresh = false; start(); }, { once: true });
  } else start();
});

/** Records on after `stop`, on a new page. Nothing happens after `optOut`. */
export const start = guard(() => {
  if (!options || capture || out().read('out')) return;
  capture = new Capture(options, nameOf(options), fresh ? new PageClock() : clockFromNow());
  fresh = false;
  capture.start();
});

/** Ends the page; what was captured is still delivered. */
export const stop = guard(() => {
  capture?.stop();
  capture = null;
});

/** The person declines: nothing is recorded in this browser any more, and what is not sent is deleted. */
export const optOut = guard(() => {
  if (!options) return;
  out().write('out', true);
  out().write('session', null);
  (capture ?? new Capture(options, nameOf(options), clockFromNow())).discard(true);
  capture = null;
});

/** The person agrees again. */
export const optIn = guard(() => {
  if (!options) return;
  out().write('out', null);
  start();
});

/**
 * Says who the person is, by the customer's own id (at most 200 characters).
 * @param proof HMAC-SHA256 of the id under the app's secret, 64 hex digits, made by the customer's server.
 * Without it the id is a claim.
 */
export const identify = guard((id: string, traits?: Record<string, unknown>, proof?: string) => {
  const proven = /^[0-9a-f]{64}$/.test(proof ?? '') ? proof : undefined;
  capture?.add('identify', { id: String(id).slice(0, 200), traits: plain(traits), proof: proven });
});

/** Counts something the app's authors named (at most 200 characters). */
export const track = guard((name: string, properties?: Record<string, unknown>) => {
  capture?.add('event', { name: String(name).slice(0, 200), properties: plain(properties) });
});

/** Address of the session in Recount, or null when nothing is recorded. */
export const sessionUrl = (): string | null =>
  capture?.session ? `${options!.host}/sessions/${capture.session}` : null;

/** How often this SDK failed inside itself; each failure was kept from the page. */
export const internalFailures = () => failures.count;

/** What JSON can hold of the values; nothing when it can hold none (cycles). */
function plain(values: Record<string, unknown> | undefined): Record<string, unknown> | undefined {
  try {
    return values && typeof values === 'object' ? JSON.parse(JSON.stringify(values)) : undefined;
  } catch {
    return undefined;
  }
}

/** strict masks all text; inputs masks what is typed and what looks private; open stores what is shown. */
export type Privacy = 'strict' | 'inputs' | 'open';

const levels: Privacy[] = ['strict', 'inputs', 'open'];

/** What a page asks of the SDK. */
export interface Options {
  /** The app's public capture key: rk_ and 32 lower-case letters and digits. */
  key: string;
  /** Origin that takes the recording, without a slash at the end. Default: where the script came from. */
  host?: string;
  /** Default strict. The app's settings may tighten it, never loosen it. */
  privacy?: Privacy;
  /** Share of sessions that are recorded, 0 to 1. Default 1. */
  sample?: number;
  /** Names of query parameters whose values are kept under strict and inputs, besides the usual harmless ones. */
  parameters?: string[];
  /** Days for which what a refused key left is kept, 1 to 365. Default 30. */
  outboxDays?: number;
}

export interface Resolved extends Required<Options> {}

// Importing the package on a server must be harmless.
const loadedFrom = (globalThis.document?.currentScript as HTMLScriptElement | null)?.src;

export function resolve(options: Options): Resolved {
  return {
    key: String(options.key),
    host: (options.host || new URL(loadedFrom || location.href).origin).replace(/\/+$/, ''),
    privacy: levels.includes(options.privacy!) ? options.privacy! : 'strict',
    sample: within(options.sample, 0, 1, 1),
    parameters: Array.isArray(options.parameters) ? options.parameters : [],
    outboxDays: within(options.outboxDays, 1, 365, 30),
  };
}

/** The stricter of two levels. */
export function tighter(a: Privacy, b: Privacy | null): Privacy {
  return b !== null && levels.indexOf(b) < levels.indexOf(a) ? b : a;
}

function within(value: unknown, least: number, most: number, otherwise: number): number {
  return typeof value === 'number' && value >= least && value <= most ? value : otherwise;
}

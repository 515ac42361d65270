import { listen } from '../guard';
import { maskPatterns, maskText, maskUrl, type Context } from '../privacy';
import { fingerprint } from '../random';
import type { Sink, Stop } from './signal';

/** Script errors and promises that nobody caught. */
export function recordErrors(sink: Sink): Stop {
  const offs = [
    listen(window, 'error', (event: ErrorEvent) => {
      // The same listener hears of images that failed to load; those have no message.
      if (event.message) sink.add('error', describe(event.error ?? event.message, sink.context, event));
    }),
    listen(window, 'unhandledrejection', (event: PromiseRejectionEvent) =>
      sink.add('error', { ...describe(event.reason, sink.context), rejection: true })),
  ];
  return () => offs.forEach(off => off());
}

function describe(thrown: unknown, context: Context, event?: ErrorEvent) {
  const { level, allowed } = context;
  const error = thrown instanceof Error ? thrown : null;
  const name = (error?.name ?? typeof thrown).slice(0, 200);
  const message = maskText(String(error?.message ?? thrown).slice(0, 4000), level);
  const frames = stackFrames(error, context);
  return {
    name, message,
    stack: frames.length ? frames.join('\n').slice(0, 20_000) : undefined,
    source: event?.filename ? maskUrl(event.filename, level, allowed) : undefined,
    line: event?.lineno || undefined,
    column: event?.colno || undefined,
    fingerprint: fingerprint(alike(name, message, frames)),
  };
}

const frame = /^\s*at .+(:\d+:\d+\)?|\(<anonymous>\))$|^[^\s@]*@\S+:\d+:\d+$/;

/** The stack's frames. Its first lines repeat the message, which may be what the page shows. */
function stackFrames(error: Error | null, { level, allowed }: Context): string[] {
  return String(error?.stack ?? '').replace(error?.message || /$^/, '').split('\n')
    .filter(line => frame.test(line))
    .map(line => line.replace(/\(?([a-z-]+:\/\/[^\s)]*?)((?::\d+){0,2})\)?$/i, (all, url: string, position: string) =>
      (all.startsWith('(') ? '(' : '') + maskUrl(url, level, allowed) + position + (all.endsWith(')') ? ')' : '')))
    .map(line => (level === 'strict' ? line.replace(/eval at .*/, 'eval') : level === 'inputs' ? maskPatterns(line) : line))
    .slice(0, 50);
}

/** Equal for errors that have the same cause: numbers and values differ from one to the next. */
function alike(name: string, message: string, frames: string[]): string {
  const place = frames.slice(0, 3).join('\n').replace(/[?#][^\s)]*?(?=:\d|\)|$)/gm, '');
  return `${name}\n${message.replace(/\d+|"[^"]*"|'[^']*'/g, '#')}\n${place}`;
}

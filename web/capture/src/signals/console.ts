import { guard } from '../guard';
import { maskPatterns } from '../privacy';
import type { Sink, Stop } from './signal';

const levels = ['log', 'info', 'warn', 'error', 'debug'] as const;
type Level = typeof levels[number];

/** Console messages. The page's own call always comes first and is never changed. */
export function recordConsole(sink: Sink): Stop {
  let inside = false;
  const undo = levels.map(level => {
    const original = console[level];
    const note = guard((values: unknown[]) => sink.add('console', { level, arguments: describe(values, sink) }));
    const patched = (...values: unknown[]) => {
      original.apply(console, values);
      // What the SDK or a value's own toString logs while being described must not come round again.
      if (inside) return;
      inside = true;
      note(values);
      inside = false;
    };
    console[level] = patched;
    return () => restore(level, patched, original);
  });
  return () => undo.forEach(one => one());
}

/** Somebody may have patched over us; then their chain stays whole. */
function restore(level: Level, patched: Console[Level], original: Console[Level]): void {
  if (console[level] === patched) console[level] = original;
}

function describe(values: unknown[], { context }: Sink): string[] {
  return values.slice(0, 20).map(value => {
    if (context.level === 'strict') return shape(value);
    const text = asText(value).slice(0, 2000);
    return context.level === 'inputs' ? maskPatterns(text) : text;
  });
}

/** The type of a value and nothing of what it holds. */
function shape(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `array(${value.length})`;
  if (value instanceof Error) return 'error';
  return typeof value;
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Element) return `<${value.localName}>`;
  try {
    return (typeof value === 'object' ? JSON.stringify(value) : String(value)) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

import { guard, listen } from '../guard';
import { maskUrl } from '../privacy';
import type { Sink, Stop } from './signal';

/** Changes of address inside the document. */
export function recordNavigation(sink: Sink, changed: () => void): Stop {
  let from = location.href;
  const note = guard((how: string) => {
    if (location.href === from) return;
    const { level, allowed } = sink.context;
    sink.add('navigation', { url: maskUrl(location.href, level, allowed), from: maskUrl(from, level, allowed), how });
    from = location.href;
    changed();
  });
  const undo = [
    patch('pushState', () => note('push')),
    patch('replaceState', () => note('replace')),
    listen(window, 'popstate', () => note('pop')),
    listen(window, 'hashchange', () => note('hash')),
  ];
  return () => undo.forEach(one => one());
}

function patch(name: 'pushState' | 'replaceState', after: () => void): Stop {
  const original = history[name];
  const patched: typeof original = function (this: History, ...values) {
    original.apply(this, values);
    after();
  };
  history[name] = patched;
  return () => { if (history[name] === patched) history[name] = original; };
}

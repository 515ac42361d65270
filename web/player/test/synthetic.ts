// A made-up hour on one page: what the timing of first frame and seek is measured with.
import { chunked, recordingOf, type Recording, type TestEntry } from './recording';

export const SYNTHETIC_PAGE = '0d5c9f6e-8f55-4f0a-9f7e-3c5f0b9d1c22';
const NODES = 400;
const SNAPSHOT_EVERY_MS = 120_000;

const element = (id: number, tagName: string, attributes: object, childNodes: object[]) => ({ type: 2, id, tagName, attributes, childNodes });
const text = (id: number, textContent: string) => ({ type: 3, id, textContent });

/** Text of row `row` after `step` changes; the picture at a time can be told from it. */
export const rowText = (row: number, step: number): string => `Row ${row} step ${step} ${'lorem ipsum dolor sit amet '.repeat(3)}`;

function snapshot(steps: number[]): object {
  const rows = steps.map((step, row) => element(100 + row * 2, 'li', { class: `row r${row % 7}` }, [text(101 + row * 2, rowText(row, step))]));
  const css = 'body{font:14px sans-serif;margin:24px}li{padding:2px 6px}.r1{background:#eef}.r3{color:#066}';
  return {
    type: 0, id: 1, childNodes: [{ type: 1, id: 2, name: 'html', publicId: '', systemId: '' }, element(3, 'html', {}, [
      element(4, 'head', {}, [element(5, 'style', {}, [{ ...text(6, css), isStyle: true }])]),
      element(7, 'body', {}, [element(8, 'h1', {}, [text(9, 'An hour')]), element(10, 'ul', {}, rows)]),
    ])],
  };
}

const rrweb = (at: number, type: number, data: object): TestEntry => ({ at, k: 'rrweb', d: { type, data, timestamp: 946684800000 + at } });

export function synthetic(durationMs: number, entries: number): Recording {
  const steps = new Array<number>(NODES).fill(0);
  const all: TestEntry[] = [{ at: 0, k: 'page', d: { url: 'https://shop.example/hour', title: 'An hour in the shop' } }];
  const every = durationMs / entries;
  let nextSnapshot = 0;
  for (let i = 0; i < entries; i++) {
    const at = Math.round(i * every * 10) / 10;
    if (at >= nextSnapshot) {
      all.push(rrweb(at, 4, { href: 'https://shop.example/hour', width: 1024, height: 700 }));
      all.push(rrweb(at, 2, { node: snapshot(steps), initialOffset: { left: 0, top: 0 } }));
      nextSnapshot += SNAPSHOT_EVERY_MS;
    }
    all.push(entryAt(i, at, steps));
  }
  return recordingOf([{ page: SYNTHETIC_PAGE, url: 'https://shop.example/hour', title: 'An hour in the shop', startMs: 0, endMs: durationMs, chunks: chunked(all) }]);
}

function entryAt(i: number, at: number, steps: number[]): TestEntry {
  if (i % 500 === 250) return { at, k: 'click', d: { selector: `li:nth-child(${i % NODES})`, x: 10, y: 20, interactive: true, reaction: i % 1000 === 250 ? null : 80 } };
  if (i % 1500 === 700) return { at, k: 'error', d: { name: 'TypeError', message: `x is undefined (${i})`, fingerprint: '0123456789abcdef' } };
  if (i % 3 === 0) {
    const row = (i * 7) % NODES;
    steps[row]!++;
    return rrweb(at, 3, { source: 0, texts: [{ id: 101 + row * 2, value: rowText(row, steps[row]!) }], attributes: [], removes: [], adds: [] });
  }
  return rrweb(at, 3, { source: 1, positions: [{ x: 100 + (i % 600), y: 100 + (i % 400), id: 10, timeOffset: 0 }] });
}

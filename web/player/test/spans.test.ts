import { describe, expect, it } from 'vitest';
import { spansOf, type Span } from '../src/model/spans';
import { block, gap, page } from './model';

const outline = (spans: Span[]): string[] =>
  spans.map((it) => `${it.kind === 'run' ? 'run' : it.cause} ${it.startMs}-${it.endMs} [${it.chunks.map(({ seq }) => seq).join()}]`);

describe('a page is cut into spans', () => {
  it('begins a run at each full snapshot', () => {
    const it = page('a', 0, 300, [block(0, 2, 0, 100, true), block(2, 1, 100, 150), block(3, 1, 200, 290, true)]);
    expect(outline(spansOf(it, new Map()))).toEqual(['run 0-200 [0,1,2]', 'run 200-300 [3]']);
  });

  it('plays blocks of different parts in order of seq', () => {
    const it = page('a', 0, 300, [block(0, 2, 0, 100, true), block(4, 1, 200, 250), block(2, 2, 100, 200, false, 1)]);
    expect(outline(spansOf(it, new Map()))).toEqual(['run 0-300 [0,1,2,3,4]']);
  });

  it('takes a chunk that two blocks hold once', () => {
    const it = page('a', 0, 300, [block(0, 3, 0, 100, true), block(2, 2, 100, 200, false, 1)]);
    expect(outline(spansOf(it, new Map()))).toEqual(['run 0-300 [0,1,2,3]']);
  });

  it('waits for the next full snapshot after a gap, and keeps what it cannot draw for the list', () => {
    const it = page('a', 0, 900, [block(0, 1, 0, 100, true), block(3, 1, 400, 500), block(4, 1, 700, 800, true)],
      [gap(1, 2, 'object_missing', 100, 400)]);
    const spans = spansOf(it, new Map());
    expect(outline(spans)).toEqual(['run 0-100 [0]', 'object_missing 100-700 [3]', 'run 700-900 [4]']);
    expect(spans[1]).toMatchObject({ missingEndMs: 400 });
  });

  it('calls a hole that nobody explains not received, at the start too', () => {
    const it = page('a', 0, 900, [block(2, 1, 300, 400, true), block(5, 1, 600, 700)]);
    expect(outline(spansOf(it, new Map()))).toEqual(['not_received 0-300 []', 'run 300-400 [2]', 'not_received 400-900 [5]']);
  });

  it('ends a run at a gap that the page itself reported, although its chunk is there', () => {
    const it = page('a', 0, 900, [block(0, 3, 0, 300, true), block(3, 1, 500, 600, true)], [gap(2, 2, 'not_sent', 200, 300)]);
    expect(outline(spansOf(it, new Map()))).toEqual(['run 0-300 [0,1]', 'not_sent 300-500 [2]', 'run 500-900 [3]']);
  });

  it('draws a block that failed its hash as a gap of its own', () => {
    const bad = block(1, 2, 100, 200);
    const it = page('a', 0, 900, [block(0, 1, 0, 100, true), bad, block(3, 1, 500, 600, true)]);
    expect(outline(spansOf(it, new Map([[bad, 'hash_mismatch']])))).toEqual(
      ['run 0-100 [0]', 'hash_mismatch 100-500 []', 'run 500-900 [3]']);
  });

  it('says that there is no full picture when the page begins without one', () => {
    const it = page('a', 50, 9000, [block(0, 1, 0, 100), block(1, 1, 5000, 6000, true)]);
    expect(outline(spansOf(it, new Map()))).toEqual(['no_snapshot 50-5050 [0]', 'run 5050-9000 [1]']);
  });

  it('takes a short wait for the first full picture as part of it', () => {
    const it = page('a', 50, 900, [block(0, 1, 0, 100), block(1, 1, 200, 300, true)]);
    expect(outline(spansOf(it, new Map()))).toEqual(['no_snapshot 50-50 [0]', 'run 50-900 [1]']);
  });

  it('says that nothing arrived when there is nothing', () => {
    expect(outline(spansOf(page('a', 0, 900, []), new Map()))).toEqual(['nothing_yet 0-900 []']);
  });

  it('has no holes and never goes back, whatever the clocks say', () => {
    const it = page('a', 100, 1000, [block(0, 1, 800, 900, true), block(1, 1, 50, 60, true), block(2, 1, null, null, true), block(4, 1, 10, 2e9, true)]);
    const spans = spansOf(it, new Map());
    spans.reduce((end, span) => {
      expect(span.startMs).toBe(end);
      expect(span.endMs).toBeGreaterThanOrEqual(span.startMs);
      return span.endMs;
    }, 100);
    expect(spans[spans.length - 1]!.endMs).toBeGreaterThanOrEqual(1000);
  });
});

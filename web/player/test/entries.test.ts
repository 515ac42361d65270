import { describe, expect, it } from 'vitest';
import { BlockShapeError, readChunks } from '../src/model/entries';
import { EntryTimes, sessionTime } from '../src/model/pageClock';
import { block, page } from './model';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the content of a block', () => {
  it('is cut by the lengths of the chunks, with or without a final line feed', () => {
    const first = '{"at":1,"k":"a","d":1}\n{"at":2,"k":"b","d":"ü"}';
    const second = '{"at":3,"k":"c"}\n';
    const shape = { ...block(7, 2, 0, 3), chunks: [[7, bytes(first).length], [8, bytes(second).length]] as [number, number][] };
    expect(readChunks(shape, bytes(first + second))).toEqual([
      { seq: 7, unreadable: 0, entries: [{ at: 1, k: 'a', d: 1 }, { at: 2, k: 'b', d: 'ü' }] },
      { seq: 8, unreadable: 0, entries: [{ at: 3, k: 'c', d: undefined }] },
    ]);
  });

  it('is refused when its length is another', () => {
    expect(() => readChunks(block(0, 1, 0, 1), bytes('{"at":1,"k":"a"}'))).toThrow(BlockShapeError);
  });

  it('plays on after a line that is no entry', () => {
    const content = 'x\n[]\n{"k":3}\nnull\n{"at":null,"k":"a"}';
    const shape = { ...block(0, 1, 0, 1), chunks: [[0, bytes(content).length]] as [number, number][] };
    expect(readChunks(shape, bytes(content))[0]).toMatchObject({ unreadable: 4, entries: [{ at: null, k: 'a' }] });
  });
});

describe('times of entries', () => {
  it('follow the stretch they lie in', () => {
    const it = { ...page('a', 1000, 9000, []), stretches: [{ from_clock: 0, start_ms: 1000, quality: 'exact' as const }, { from_clock: 500, start_ms: 4000, quality: 'estimated' as const }] };
    expect([0, 499, 500, 800].map((clock) => sessionTime(it, clock))).toEqual([1000, 1499, 4500, 4800]);
  });

  it('never go back, and a clock that cannot be read or be true plays with the entry before', () => {
    const times = new EntryTimes(page('a', 0, 1000, []), 0);
    expect([10, 5, null, 'x', NaN, 20, -3, 1e15, Infinity, 30].map((at) => times.of(at))).toEqual([10, 10, 10, 10, 10, 20, 20, 20, 20, 30]);
  });
});

import { describe, expect, it } from 'vitest';
import { skipTarget } from '../src/model/activity';
import { isInteraction, markOf } from '../src/model/marks';

describe('skipping inactivity', () => {
  it('jumps to shortly before the next interaction', () => expect(skipTarget([0, 60_000], 2_000, 90_000)).toBe(59_000));
  it('leaves short pauses alone', () => expect(skipTarget([0, 9_000], 2_000, 90_000)).toBeNull());
  it('does not jump right after an interaction', () => expect(skipTarget([5_000, 60_000], 5_500, 90_000)).toBeNull());
  it('jumps to what follows when nothing more happens', () => expect(skipTarget([0], 5_000, 40_000)).toBe(39_000));
  it('stays when nothing is known to follow', () => expect(skipTarget([0], 5_000, Infinity)).toBeNull());
});

describe('lines of the events list', () => {
  it('say what happened', () => {
    expect(markOf({ at: 0, k: 'click', d: { text: 'Buy', selector: '#b' } })).toEqual({ kind: 'click', text: 'Buy', alarming: false });
    expect(markOf({ at: 0, k: 'click', d: { selector: '#b', interactive: true, reaction: null } })).toMatchObject({ alarming: true });
    expect(markOf({ at: 0, k: 'error', d: { name: 'TypeError', message: 'x' } })).toEqual({ kind: 'error', text: 'TypeError: x', alarming: true });
    expect(markOf({ at: 0, k: 'console', d: { level: 'warn', arguments: ['a', 'b'], count: 3 } })).toMatchObject({ text: 'a b (3 times)' });
    expect(markOf({ at: 0, k: 'rrweb', d: {} })).toBeNull();
  });

  it('survive data of any shape', () => {
    for (const d of [null, undefined, 3, 'x', [], { text: {} }, { arguments: 'x' }, { name: [] }]) {
      for (const k of ['page', 'click', 'navigation', 'error', 'console', 'event', 'identify', 'gap']) {
        expect(typeof markOf({ at: 0, k, d })?.text).toBe('string');
      }
      expect(isInteraction({ at: 0, k: 'rrweb', d })).toBe(false);
    }
  });
});

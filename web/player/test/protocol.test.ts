import { describe, expect, it } from 'vitest';
import { readManifest, ManifestError } from '../src/model/manifest';
import { readCommand, readNotice } from '../src/protocol';
import { SESSION, recordingOf } from './recording';

describe('messages', () => {
  it('of another shape are dropped', () => {
    for (const value of [null, 3, 'seek', {}, { type: 'seek' }, { type: 'seek', t: 'x' }, { type: 'seek', t: NaN }, { type: 'open' }, { type: 'manifest', manifest: {} }, { type: 'eval' }]) {
      expect(readCommand(value)).toBeNull();
    }
    for (const value of [null, {}, { type: 'state', t: 1 }, { type: 'verdict', page: 'p', address: 'a', cause: 'x' }, { type: 'block', marks: 3 }, { type: 'skipped', over: 'x', fromMs: 0, toMs: 1 }]) {
      expect(readNotice(value)).toBeNull();
    }
  });

  it('lose marks that are no marks', () => {
    const mark = { t: 1, page: 'p', seq: 0, i: 0, kind: 'click', text: 'x', alarming: false };
    const notice = { type: 'block', page: 'p', address: 'a', fromMs: 0, toMs: 1, marks: [mark, { ...mark, kind: '<b>' }, { ...mark, text: {} }, null], counts: [[1, 2], [1], 'x'] };
    expect(readNotice(notice)).toMatchObject({ marks: [mark], counts: [[1, 2]] });
  });

  it('carry a manifest across', () => {
    const { manifest } = recordingOf([]);
    const open = { type: 'open', manifest, token: 't', t: 0, playing: true, speed: 1, skipInactivity: false };
    expect(readCommand(open)).toEqual(open);
  });
});

describe('a manifest', () => {
  const valid = () => structuredClone(recordingOf([{
    page: SESSION, url: 'u', title: 't', startMs: 0, endMs: 10, chunks: [{ seq: 0, snapshot: true, entries: [{ at: 0, k: 'event', d: {} }] }],
  }]).manifest);

  it('of a newer version is told from a broken one', () => {
    expect(() => readManifest({ ...valid(), version: 2 })).toThrow(expect.objectContaining({ newer: true }));
    expect(() => readManifest({ ...valid(), pages: 3 })).toThrow(expect.objectContaining({ newer: false }));
  });

  it('cannot send the stage to another address', () => {
    for (const address of ['../../x', 'parts/0/0/../../x', 'https://evil.example/', 'chunks/1?x', 'parts/a/b']) {
      const it = valid();
      it.pages[0]!.blocks[0]!.address = address;
      expect(() => readManifest(it)).toThrow(ManifestError);
    }
  });
});

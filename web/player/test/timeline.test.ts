import { describe, expect, it } from 'vitest';
import type { Manifest, Page } from '../src/model/manifest';
import { Timeline } from '../src/model/timeline';
import { block, page } from './model';

const manifest = (...pages: Page[]): Manifest => ({
  version: 1, session: 's', app: 'a', state: 'sealed', started_at: '2026-03-01T10:00:00Z', duration_ms: 0, pages,
});
const whole = (id: string, start: number, end: number): Page => page(id, start, end, [block(0, 1, 0, end - start, true)]);
const timeline = (...pages: Page[]): Timeline => new Timeline(manifest(...pages), new Map());

describe('a session', () => {
  it('shows page after page and keeps the last picture between two', () => {
    const it = timeline(whole('a', 0, 100), whole('b', 150, 300));
    expect(it.at(99)).toMatchObject({ page: { page: 'a' }, held: false, untilMs: 100 });
    expect(it.at(120)).toMatchObject({ page: { page: 'a' }, held: true, untilMs: 150 });
    expect(it.at(150)).toMatchObject({ page: { page: 'b' }, held: false, untilMs: 300 });
    expect(it.at(300)).toMatchObject({ page: { page: 'b' }, held: true, untilMs: Infinity });
  });

  it('shows of two tabs the one opened last, or the one that was chosen', () => {
    const it = timeline(whole('a', 0, 500), whole('b', 100, 300));
    expect(it.at(50)).toMatchObject({ page: { page: 'a' }, untilMs: 100 });
    expect(it.at(200)).toMatchObject({ page: { page: 'b' }, untilMs: 300 });
    expect(it.at(400)).toMatchObject({ page: { page: 'a' }, untilMs: 500 });
    expect(it.at(200, 'a')).toMatchObject({ page: { page: 'a' }, untilMs: 500 });
  });

  describe('whose pages follow each other and seem to overlap', () => {
    const next = (id: string, ordinal: number, start: number, end: number, error = 300): Page =>
      ({ ...whole(id, start, end), ordinal, error_ms: error });

    it('shows the earlier one up to its last entry', () => {
      const it = timeline(next('a', 0, 0, 1_000), next('b', 1, 700, 2_000), next('c', 2, 1_900, 3_000));
      expect(it.at(800)).toMatchObject({ page: { page: 'a' }, held: false, untilMs: 1_000 });
      expect(it.at(1_000)).toMatchObject({ page: { page: 'b' }, untilMs: 2_000 });
      expect(it.at(1_950)).toMatchObject({ page: { page: 'b' } });
      expect([...it.places()].map(({ fromMs, place }) => [fromMs, place.page.page])).toEqual([[0, 'a'], [1_000, 'b'], [2_000, 'c']]);
      expect(it.openAt(800).map(({ page }) => page.page)).toEqual(['a']);
    });

    it('shows the later one at once where the overlap is more than what is unsure of its start', () => {
      const it = timeline(next('a', 0, 0, 1_000, 100), next('b', 1, 700, 2_000, 100));
      expect(it.at(800)).toMatchObject({ page: { page: 'b' } });
      expect(it.openAt(800).map(({ page }) => page.page)).toEqual(['a', 'b']);
    });

    it('takes a page that goes on behind the next one, or does not come just before it, for a tab of its own', () => {
      expect(timeline(next('a', 0, 0, 2_100), next('b', 1, 1_900, 2_000)).at(1_950)).toMatchObject({ page: { page: 'b' } });
      expect(timeline(next('a', 0, 0, 1_000), next('c', 2, 900, 2_000)).at(950)).toMatchObject({ page: { page: 'c' } });
    });

    it('lets no doubt, however great, hide a page for more than seconds', () => {
      expect(timeline(next('a', 0, 0, 60_000, 1e9), next('b', 1, 30_000, 90_000, 1e9)).at(31_000)).toMatchObject({ page: { page: 'b' } });
    });

    it('shows the later one before when it was chosen', () => {
      expect(timeline(next('a', 0, 0, 1_000), next('b', 1, 700, 2_000)).at(800, 'b')).toMatchObject({ page: { page: 'b' } });
    });
  });

  it('prefers of two tabs the one that has a picture', () => {
    const it = timeline(whole('a', 0, 500), page('b', 100, 300, [block(1, 1, 100, 150, true)]));
    expect(it.at(150)).toMatchObject({ page: { page: 'a' }, span: { kind: 'run' }, untilMs: 200 });
    expect(it.at(250)).toMatchObject({ page: { page: 'b' }, span: { kind: 'run' } });
  });

  it('starts at a page that opened before the session line', () => {
    expect(timeline(whole('a', -20, 100)).at(-20)).toMatchObject({ page: { page: 'a' }, held: false });
  });

  it('is nothing without pages', () => {
    expect(timeline().at(0)).toBeNull();
  });

  it('needs the blocks ahead of a time before those behind it', () => {
    const blocks = [block(0, 1, 0, 100, true), block(1, 1, 100, 200, true), block(2, 1, 200, 300, true)];
    const order = [...timeline(page('a', 0, 300, blocks)).blocksFrom(150)].map(({ block: it }) => it.first_seq);
    expect(order).toEqual([1, 2, 0]);
  });

  it('walks through every place once', () => {
    const it = timeline(whole('a', 0, 100), whole('b', 150, 300), whole('c', 150, 150));
    expect([...it.places()].map(({ fromMs, place }) => [fromMs, place.page.page, place.held])).toEqual(
      [[0, 'a', false], [100, 'a', true], [150, 'b', false]]);
  });
});

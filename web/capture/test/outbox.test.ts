// @vitest-environment jsdom
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Chunk } from '../src/chunk';
import { Outbox } from '../src/outbox';
import { LocalStore } from '../src/storage';

const local = new LocalStore('recount:');
/** As the document does that unloads. */
const leave = async (outbox: Outbox) => { await outbox.left(); outbox.leave(); };

let seq = 0;
const chunk = (page: string, snapshot: boolean, size = 1000): Chunk => ({
  session: 's', page, seq: seq++, w: '', body: 'x'.repeat(size), bytes: size, head: '', from: 1, to: 2, n: 5,
  captured: 5, dropped: 0, last: false, snapshot, gap: false, sent: false, owner: '', privacy: 'strict', opened: 1,
});

beforeEach(() => {
  localStorage.clear();
  seq = 0;
  vi.stubGlobal('indexedDB', new IDBFactory());
});

describe('a full outbox', () => {
  it('gives up the oldest span whole, up to the next snapshot, and each chunk says so under its seq', async () => {
    const given: number[] = [];
    const outbox = new Outbox('full', local, one => given.push(one.seq), 5500);
    for (const snapshot of [true, false, false, true, false, false]) await outbox.add(chunk('a', snapshot));
    expect(given).toEqual([0, 1, 2]);
    expect(outbox.own.map(one => [one.seq, one.gap])).toEqual([[0, true], [1, true], [2, true], [3, false], [4, false], [5, false]]);
    expect(JSON.parse(outbox.own[1]!.body as string)).toMatchObject({ k: 'gap', d: { reason: 'outbox_full', count: 5, bytes: 1000 } });
    expect(outbox.own[1]!.dropped).toBe(5);
  });

  it('gives up what other documents left before its own', async () => {
    const earlier = new Outbox('shared', local, () => undefined);
    for (const snapshot of [true, false]) await earlier.add(chunk('old', snapshot));
    await leave(earlier);
    seq = 0;
    const given: string[] = [];
    const outbox = new Outbox('shared', local, one => given.push(one.page), 3500);
    for (const snapshot of [true, false]) await outbox.add(chunk('new', snapshot));
    expect(given).toEqual([]);
    expect((await outbox.left()).map(one => one.gap)).toEqual([true, true]);
    expect((await outbox.claim((await outbox.left())[0]!))!.body).toContain('outbox_full');
  });

  it('spares what was on its way, for it may have arrived', async () => {
    const outbox = new Outbox('sent', local, () => undefined, 3500);
    for (const snapshot of [true, false]) await outbox.add(chunk('a', snapshot));
    await outbox.mark(outbox.own[0]!);
    for (const snapshot of [false, true, false]) await outbox.add(chunk('a', snapshot));
    expect(outbox.own.map(one => [one.seq, one.gap])).toEqual([[0, false], [1, true], [2, true], [3, false], [4, false]]);
  });

  it('lets go, without a gap, of what others had on its way, when nothing else is left', async () => {
    const earlier = new Outbox('others', local, () => undefined);
    for (const snapshot of [true, false]) await earlier.add(chunk('old', snapshot));
    await earlier.mark(earlier.own[0]!);
    await leave(earlier);
    const outbox = new Outbox('others', local, () => undefined, 2500);
    await outbox.add(chunk('new', true));
    expect((await outbox.left()).map(one => [one.seq, one.gap])).toEqual([[0, false], [1, true]]);
    await outbox.mark(outbox.own[0]!);
    await outbox.add({ ...chunk('new', true), sent: true });
    expect((await outbox.left()).map(one => one.seq)).toEqual([1]);
  });

  it('touches nothing that a document holds which is still there', async () => {
    const neighbour = new Outbox('tabs', local, () => undefined);
    await neighbour.add(chunk('other tab', true));
    const outbox = new Outbox('tabs', local, () => undefined, 500);
    await outbox.add(chunk('own', true));
    expect(neighbour.own[0]!.gap).toBe(false);
    expect((await outbox.left(false)).map(one => one.gap)).toEqual([false]);
  });

  it('keeps a page entry even then', async () => {
    const outbox = new Outbox('head', local, () => undefined, 100);
    await outbox.add({ ...chunk('a', true), head: '{"k":"page"}' });
    expect((outbox.own[0]!.body as string).split('\n')[0]).toBe('{"k":"page"}');
  });
});

describe('a chunk of a document that is gone', () => {
  it('does not become a gap once somebody has claimed it', async () => {
    const earlier = new Outbox('claimed', local, () => undefined);
    await earlier.add(chunk('old', true));
    await leave(earlier);
    const [one, two] = [new Outbox('claimed', local, () => undefined), new Outbox('claimed', local, () => undefined)];
    const [stored] = await one.left();
    await two.claim(stored!);
    expect(await one.giveUpLeft(stored!, 'outbox_full')).toBe(0);
    expect((await two.claim(stored!))!.gap).toBe(false);
  });
});

// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { json, key, settings, settle, World } from './harness';

let world: World;
beforeEach(() => { world = new World(); });
afterEach(() => world.close());

const hide = (persisted: boolean) => dispatchEvent(Object.assign(new Event('pagehide'), { persisted }));

describe('clocks', () => {
  it.each([
    ['23 h ahead', 23 * 3_600_000], ['400 days back', -400 * 86_400_000], ['to year 9999', 253_402_300_000_000 - 1_800_000_000_000],
  ])('a wall clock that jumps %s moves no entry and leaves an anchor', async (_, jump) => {
    const sdk = await world.open();
    await world.pass(2000);
    sdk.track('before');
    vi.setSystemTime(Date.now() + jump);
    await world.pass(1500);
    sdk.track('after');
    await world.pass(6000);
    const [before, after] = world.kinds('event');
    expect(after!.at - before!.at).toBeCloseTo(1500, -2);
    const [anchor] = world.kinds('anchor');
    expect(anchor!.d.wall - anchor!.d.clock - (1_800_000_000_000 + jump)).toBeCloseTo(0, -3);
    expect(new Set(world.uploads.map(one => one.page)).size).toBe(1);
  });

  it('a device without a clock records like any other', async () => {
    vi.spyOn(Date, 'now').mockReturnValue(NaN);
    const sdk = await world.open();
    await world.pass(2000);
    sdk.track('there');
    await world.pass(6000);
    expect(world.kinds('page')[0]!.d.opened).toBeNull();
    expect(world.kinds('event')).toHaveLength(1);
    expect(world.uploads[0]!.query.has('sent')).toBe(false);
  });
});

describe('the end of a page', () => {
  it('is a plain body that outlives the document, marked as the last', async () => {
    const sdk = await world.open();
    await world.pass(3000);
    sdk.track('on the way out');
    hide(false);
    await settle();
    const last = world.uploads.at(-1)!;
    expect(last.init.keepalive).toBe(true);
    expect(last.query.get('last')).toBe('1');
    expect(last.query.has('enc')).toBe(false);
    expect(last.query.has('clock')).toBe(true);
    expect(last.entries.some(entry => entry.d.name === 'on the way out')).toBe(true);
  });

  it('is marked even when nothing waits', async () => {
    await world.open();
    await world.pass(8000);
    const before = world.uploads.length;
    hide(false);
    await settle();
    expect(world.uploads).toHaveLength(before + 1);
    expect(world.uploads.at(-1)!.query.get('last')).toBe('1');
  });

  it('is not the end when the page goes to the back-forward cache', async () => {
    const sdk = await world.open();
    await world.pass(3000);
    sdk.track('for now');
    hide(true);
    await settle();
    expect(world.uploads.at(-1)!.query.has('last')).toBe(false);
    dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
    await world.pass(2000);
    expect(world.uploads.at(-1)!.entries.slice(0, 2).map(entry => entry.d.type)).toEqual([4, 2]);
    expect(new Set(world.uploads.map(one => one.page)).size).toBe(1);
  });

  it('sends no more than the browser lets go on, and leaves the rest in the outbox', async () => {
    world.settings = () => json(200, { ...settings, chunk_bytes: 30_000, chunk_interval_ms: 60_000 });
    const sdk = await world.open();
    await world.pass(2000);
    world.answer = () => 'offline';
    for (let i = 0; i < 8; i++) {
      sdk.track('large', { text: 'x'.repeat(29_000) });
      document.body.append('more');
      await settle();
    }
    await world.pass(100);
    const before = world.uploads.length;
    hide(false);
    await settle();
    const sent = world.uploads.slice(before).filter(one => one.init.keepalive);
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.reduce((sum, one) => sum + one.text.length, 0)).toBeLessThanOrEqual(64 * 1024);
  });
});

describe('a session in one document', () => {
  it('ends after 30 minutes without anybody; the next activity begins another with a fresh snapshot', async () => {
    const sdk = await world.open();
    await world.pass(3000);
    const first = sdk.sessionUrl();
    for (let minute = 0; minute < 31; minute++) {
      document.body.append('the page does something by itself');
      await world.pass(60_000);
    }
    const resting = world.uploads.length;
    expect(world.uploads.at(-1)!.query.get('last')).toBe('1');
    sdk.track('nobody hears');
    document.body.append('nobody sees');
    await world.pass(60_000);
    expect(world.uploads).toHaveLength(resting);
    dispatchEvent(new Event('keydown'));
    await world.pass(7000);
    expect(sdk.sessionUrl()).not.toBe(first);
    const next = world.uploads[resting]!;
    expect(next.seq).toBe(0);
    expect(next.entries.map(entry => entry.d.type).filter(Boolean)).toEqual([4, 2]);
    expect(next.entries[0]!.d.predecessor).toBeNull();
  });

  it('goes on in a page that names its predecessor when seq comes near its end', async () => {
    const sdk = await world.open();
    await world.pass(3000);
    const [first] = world.uploads;
    const { Page } = await import('../src/page');
    vi.spyOn(Page.prototype, 'full', 'get').mockReturnValueOnce(true);
    sdk.track('the last there is room for');
    await world.pass(12_000);
    const next = world.uploads.find(one => one.page !== first!.page)!;
    expect(next.seq).toBe(0);
    expect(next.session).toBe(first!.session);
    expect(next.entries[0]!.d).toMatchObject({ predecessor: first!.page, ordinal: 1 });
    expect(next.entries.slice(1, 3).map(entry => entry.d.type)).toEqual([4, 2]);
  });
});

describe('full snapshots', () => {
  const snapshots = () => world.uploads.filter(one => one.entries.some(entry => entry.d.type === 2)).length;
  const busy = async (minutes: number) => {
    for (let second = 0; second < minutes * 60; second += 10) {
      document.querySelector('p')!.setAttribute('title', String(second));
      await world.pass(10_000);
    }
  };

  it('come every two minutes while something happens, each at the start of its chunk, and not otherwise', async () => {
    await world.open();
    await world.pass(10_000);
    expect(snapshots()).toBe(1);
    await world.pass(10 * 60_000);
    expect(snapshots()).toBe(1);
    await busy(7);
    expect(snapshots()).toBeGreaterThanOrEqual(4);
    expect(snapshots()).toBeLessThanOrEqual(5);
    for (const { entries, seq } of world.uploads) {
      const at = entries.findIndex(entry => entry.d.type === 4);
      if (at >= 0) expect(at).toBe(seq === 0 ? 1 : 0);
    }
  });

  it('come after 1 MB of changes', async () => {
    await world.open();
    await world.pass(3000);
    for (let i = 0; i < 11; i++) {
      document.querySelector('p')!.setAttribute('title', `${i}`.repeat(100_000));
      await world.pass(1000);
    }
    await world.pass(6000);
    expect(snapshots()).toBe(2);
  });

  it('come half as often after one that held the page up', async () => {
    await world.open();
    await world.pass(10_000);
    const now = performance.now.bind(performance);
    let extra = 0;
    const slow = vi.spyOn(performance, 'now').mockImplementation(() => now() + (extra += 60));
    await busy(2.5);
    expect(snapshots()).toBe(2);
    slow.mockRestore();
    await busy(3);
    expect(snapshots()).toBe(2);
    await busy(1.5);
    expect(snapshots()).toBe(3);
  });
});

describe('settings', () => {
  it.each([
    ['recording off', { ...settings, recording: false }],
    ['a sample of none', { ...settings, sample: 0 }],
  ])('with %s nothing is sent', async (_, given) => {
    world.settings = () => json(200, given);
    const sdk = await world.open();
    sdk.track('quiet');
    await world.pass(20_000);
    expect(world.uploads).toEqual([]);
  });

  it.each([
    ['not JSON', () => new Response('<html>', { status: 200 })],
    ['of another version', () => json(200, { ...settings, version: 2 })],
    ['with an impossible interval', () => json(200, { ...settings, chunk_interval_ms: 0 })],
    ['an error', () => json(500, {})],
  ])('that are %s count as none, and the last valid ones hold', async (_, answer) => {
    localStorage.setItem(`recount:${key}:settings`, JSON.stringify({ ...settings, privacy: 'strict' }));
    world.settings = answer;
    await world.open({ privacy: 'open' });
    await world.pass(3000);
    expect(world.kinds('page')[0]!.d.privacy).toBe('strict');
  });

  it('never loosen what the page asked for', async () => {
    world.settings = () => json(200, { ...settings, privacy: 'open' });
    await world.open({ privacy: 'strict' });
    await world.pass(3000);
    expect(world.kinds('page')[0]!.d.privacy).toBe('strict');
  });
});

describe('the person\'s choice', () => {
  it('to decline deletes what is not sent and lasts until taken back', async () => {
    world.answer = () => 'offline';
    const sdk = await world.open();
    await world.pass(2000);
    sdk.optOut();
    world.answer = () => 'receipt';
    world.uploads.length = 0;
    sdk.start();
    const next = await world.open();
    await world.pass(40_000);
    expect(world.uploads).toEqual([]);
    next.optIn();
    await world.pass(3000);
    expect(world.kinds('page')).toHaveLength(1);
  });

  it('to stop and start again makes a new page of the same session', async () => {
    const sdk = await world.open();
    await world.pass(3000);
    sdk.stop();
    expect(sdk.sessionUrl()).toBeNull();
    sdk.start();
    await world.pass(3000);
    expect(world.kinds('page').map(entry => entry.d.ordinal)).toEqual([0, 1]);
    expect(new Set(world.uploads.map(one => one.session)).size).toBe(1);
  });
});

it('keeps an endless log out of the recording and says how much it kept out', async () => {
  const sdk = await world.open();
  await world.pass(2000);
  for (let i = 0; i < 1000; i++) sdk.track('loop');
  await world.pass(65_000);
  const [gap] = world.kinds('gap');
  expect(gap!.d).toMatchObject({ reason: 'limit_reached' });
  expect(world.kinds('event').length + gap!.d.count).toBe(1000);
  expect(Number(world.uploads.at(-1)!.query.get('dropped'))).toBe(gap!.d.count);
});

it('throws nothing into the page, whatever it is given', async () => {
  const sdk = await world.open({}, false);
  const cycle: any = {};
  cycle.self = cycle;
  const wild: any = sdk;
  expect(() => {
    wild.track('before init');
    wild.init();
    wild.init(null);
    wild.init({ key: 7, host: 'not a url', privacy: 'none', sample: 'all' });
    wild.track(undefined, cycle);
    wild.identify({ toString() { throw new Error('no'); } }, cycle, 5);
    wild.start(); wild.stop(); wild.optIn(); wild.optOut(); wild.sessionUrl();
  }).not.toThrow();
});

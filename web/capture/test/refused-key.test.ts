// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inDatabase, refusal, World } from './harness';

let world: World;
const hide = () => dispatchEvent(Object.assign(new Event('pagehide'), { persisted: false }));
beforeEach(() => { world = new World(); });
afterEach(() => world.close());

describe.each(['key_unknown', 'app_paused', 'origin_not_allowed'])('the refusal of a key, %s,', reason => {
  const refuse = () => refusal(403, reason, true);

  it('ends the recording, and what there is stays', async () => {
    world.answer = refuse;
    const sdk = await world.open();
    await world.pass(10_000);
    const before = world.uploads.length;
    sdk.track('after');
    await world.pass(60_000);
    expect(world.uploads.length).toBe(before);
    expect(before).toBeLessThanOrEqual(2);
  });

  it('loses nothing: a later visit delivers all and says from when on nothing was captured', async () => {
    world.answer = refuse;
    const sdk = await world.open();
    sdk.track('early');
    await world.pass(10_000);
    hide();
    world.vanish();
    const page = world.uploads[0]!.page;
    world.uploads.length = 0;
    world.answer = () => 'receipt';
    await world.open();
    await world.pass(5000);
    const late = world.uploads.filter(one => one.page === page);
    expect(late.map(one => one.seq)).toEqual(late.map((_, seq) => seq));
    expect(late.flatMap(one => one.entries).some(entry => entry.d.name === 'early')).toBe(true);
    expect(late.at(-1)!.entries.at(-1)).toMatchObject({ k: 'gap', d: { reason: 'paused' } });
    expect(late.at(-1)!.query.get('last')).toBe('1');
    expect(Number(late.at(-1)!.query.get('captured'))).toBe(late.flatMap(one => one.entries).length);
  });

  it('is asked about again after an hour, or when the server says', async () => {
    const start = Date.now();
    let heard = 0;
    world.answer = () => (heard++ ? 'receipt' : refusal(403, reason, true, { retry_after_ms: 2 * 3_600_000 }));
    await world.open();
    await world.pass(2 * 3_600_000 - 60_000);
    expect(heard).toBe(1);
    await world.pass(120_000);
    expect(heard).toBeGreaterThan(1);
    expect(Date.now() - start).toBeGreaterThan(2 * 3_600_000);
  });

  it('keeps what is left for outboxDays, then its gap as long again', async () => {
    world.answer = refuse;
    await world.open();
    await world.pass(10_000);
    hide();
    world.vanish();
    const page = world.uploads[0]!.page;
    const held = async () => (await inDatabase()).filter(one => one.page === page).map(one => [one.seq, one.gap]);
    const after = async (days: number) => {
      vi.setSystemTime(Date.now() + days * 86_400_000);
      await world.open({ outboxDays: 10 });
      await world.pass(35_000);
      world.vanish();
      return held();
    };
    expect(await after(9)).toEqual([[0, false], [1, false]]);
    // The first was on its way, so no gap may take its place.
    expect(await after(2)).toEqual([[0, false], [1, true]]);
    expect(await after(10)).toEqual([]);
  });
});

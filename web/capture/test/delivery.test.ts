// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inDatabase, json, refusal, settings, settle, World } from './harness';

let world: World;
const hide = () => dispatchEvent(Object.assign(new Event('pagehide'), { persisted: false }));
beforeEach(() => { world = new World(); });
afterEach(() => world.close());

it('begins a page with its page entry and a snapshot, and numbers its chunks without a hole', async () => {
  const sdk = await world.open();
  await world.pass(2000);
  for (let i = 0; i < 3; i++) {
    sdk.track(`event ${i}`);
    await world.pass(6000);
  }
  expect(world.uploads.map(one => one.seq)).toEqual([0, 1, 2, 3]);
  expect(world.uploads[0]!.entries.map(entry => entry.k).slice(0, 3)).toEqual(['page', 'rrweb', 'rrweb']);
  expect(world.uploads[0]!.entries.slice(1, 3).map(entry => entry.d.type)).toEqual([4, 2]);
  expect(world.uploads.map(one => Number(one.query.get('n')))).toEqual(world.uploads.map(one => one.entries.length));
  expect(Number(world.uploads[3]!.query.get('captured'))).toBe(world.uploads.flatMap(one => one.entries).length);
});

it('has one chunk on its way at a time', async () => {
  let flying = 0, most = 0;
  world.answer = async () => {
    most = Math.max(most, ++flying);
    await new Promise(resolve => setTimeout(resolve, 12_000));
    flying--;
    return 'receipt' as never;
  };
  const sdk = await world.open();
  for (let i = 0; i < 4; i++) {
    sdk.track('tick');
    await world.pass(6000);
  }
  expect(most).toBe(1);
});

describe('a final refusal', () => {
  it('becomes a gap under the same seq, keeps the page entry, and is followed by a new snapshot', async () => {
    let refused = false;
    world.answer = () => (refused ? 'receipt' : (refused = true, refusal(413, 'body_too_large', true)));
    await world.open();
    await world.pass(15_000);
    const [first, second, third] = world.uploads;
    expect([first!.seq, second!.seq, third!.seq]).toEqual([0, 0, 1]);
    expect(second!.entries.map(entry => entry.k)).toEqual(['page', 'gap']);
    expect(second!.entries[1]!.d).toMatchObject({ reason: 'refused', refusal: 'body_too_large', count: first!.entries.length - 1 });
    expect(second!.query.get('dropped')).toBe(String(first!.entries.length - 1));
    expect(third!.entries.slice(0, 2).map(entry => entry.d.type)).toEqual([4, 2]);
  });

  it('of the gap itself is taken as said, and the next chunk goes', async () => {
    world.answer = upload => (upload.seq === 0 ? refusal(422, 'content_rejected', true) : 'receipt');
    await world.open();
    await world.pass(15_000);
    expect(world.uploads.filter(one => one.seq === 0)).toHaveLength(2);
    expect(world.uploads.some(one => one.seq === 1)).toBe(true);
  });

});

describe('another try', () => {
  it.each([
    ['the body', () => refusal(503, 'disk_reserve', false, { retry_after_ms: 7000 })],
    ['the header', () => json(503, {}, { 'Retry-After': '7' })],
  ])('waits as long as %s asks, and brings the same bytes', async (_, answer) => {
    let times = 0;
    world.answer = () => (times++ ? 'receipt' : answer());
    await world.open();
    await world.pass(2000);
    expect(world.uploads).toHaveLength(1);
    await world.pass(4000);
    expect(world.uploads).toHaveLength(1);
    await world.pass(4000);
    expect(world.uploads[1]!.text).toBe(world.uploads[0]!.text);
    expect(world.uploads[1]!.seq).toBe(0);
  });

  it('is made without end while the network is away, with growing pauses, and loses nothing', async () => {
    world.answer = () => 'offline';
    const sdk = await world.open();
    await world.pass(600_000);
    sdk.track('meanwhile');
    const tries = world.uploads.length;
    expect(tries).toBeGreaterThan(8);
    expect(tries).toBeLessThan(120);
    world.answer = () => 'receipt';
    await world.pass(70_000);
    expect(world.kinds('event')).toHaveLength(1);
    expect(new Set(world.uploads.slice(tries).map(one => one.seq)).has(0)).toBe(true);
  });

  it('is made when something else answered: a portal\'s page is no receipt', async () => {
    let times = 0;
    world.answer = () => (times++ < 2 ? new Response('<html>Sign in to the Wi-Fi</html>', { status: 200 }) : 'receipt');
    await world.open();
    await world.pass(10_000);
    expect(world.uploads.filter(one => one.seq === 0)).toHaveLength(3);
  });

  it('is made when the receipt is another chunk\'s', async () => {
    let times = 0;
    world.answer = upload => (times++ ? 'receipt'
      : json(202, { session: upload.session, page: upload.page, seq: 9, sha256: '0'.repeat(64), bytes: upload.text.length }));
    await world.open();
    await world.pass(10_000);
    expect(world.uploads.filter(one => one.seq === 0)).toHaveLength(2);
  });
});

describe('the outbox', () => {
  const seqs = async () => (await inDatabase()).map(one => one.seq);

  it('holds a chunk before it is sent and forgets it when it is acknowledged', async () => {
    let held: number[] = [];
    world.answer = async () => { held = await seqs(); return 'receipt' as never; };
    await world.open();
    await world.pass(3000);
    expect(held).toEqual([0]);
    await settle();
    expect(await seqs()).toEqual([]);
  });

  it('is delivered by a later document, in order and without a page clock', async () => {
    world.answer = () => 'offline';
    const first = await world.open();
    await world.pass(2000);
    first.track('left behind');
    await world.pass(6000);
    hide();
    await settle();
    world.vanish();
    const page = world.uploads[0]!.page;
    world.uploads.length = 0;
    world.answer = () => 'receipt';
    await world.open();
    await world.pass(3000);
    const left = world.uploads.filter(one => one.page === page);
    expect(left.map(one => one.seq)).toEqual([0, 1, 2]);
    expect(left.filter(one => one.query.has('clock'))).toEqual([]);
    expect(left.flatMap(one => one.entries).some(entry => entry.d.name === 'left behind')).toBe(true);
    expect(await seqs()).toEqual([]);
  });

  it('never contradicts what may have arrived, however full it is', async () => {
    world.settings = () => json(200, { ...settings, chunk_bytes: 500_000 });
    world.answer = () => 'offline';
    const sdk = await world.open();
    await world.pass(2000);
    for (let i = 0; i < 30; i++) {
      sdk.track('large', { text: 'x'.repeat(600_000) });
      await world.pass(6000);
    }
    world.answer = () => 'receipt';
    await world.pass(120_000);
    const texts = new Map<number, Set<string>>();
    for (const { seq, text } of world.uploads) texts.set(seq, (texts.get(seq) ?? new Set()).add(text));
    expect([...texts].filter(([, different]) => different.size > 1)).toEqual([]);
    expect([...texts.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: texts.size }, (_, seq) => seq));
    expect(world.kinds('gap').some(entry => entry.d.reason === 'outbox_full')).toBe(true);
  });

  it('is left alone for a while when its document did not say goodbye', async () => {
    world.answer = () => 'offline';
    await world.open();
    await world.pass(2000);
    const page = world.uploads[0]!.page;
    world.vanish();
    await world.open();
    const late = () => world.uploads.filter(one => one.page === page);
    world.uploads.length = 0;
    await world.pass(20_000);
    expect(late()).toHaveLength(0);
    await world.pass(20_000);
    expect(late().length).toBeGreaterThan(0);
  });
});

describe('when IndexedDB is blocked', () => {
  it('memory stands in', async () => {
    (globalThis as any).indexedDB = { open: () => { throw new DOMException('blocked', 'SecurityError'); } };
    await world.open();
    await world.pass(5000);
    expect(world.uploads.map(one => one.seq)).toEqual([0]);
  });
});

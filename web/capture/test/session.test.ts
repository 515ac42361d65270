// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const minute = 60_000, hour = 60 * minute;
const start = 1_800_000_000_000;

/** Opens a document at a wall clock; what it knows is what localStorage holds. */
async function open(now: number, sample = 1) {
  vi.resetModules();
  vi.spyOn(Date, 'now').mockReturnValue(now);
  const [{ join }, { LocalStore }] = await Promise.all([import('../src/session'), import('../src/storage')]);
  return join(new LocalStore('t:'), sample);
}

beforeEach(() => localStorage.clear());
afterEach(() => vi.restoreAllMocks());

it('is joined by documents that follow within 30 minutes, each with the next ordinal', async () => {
  const pages = [await open(start), await open(start + 29 * minute), await open(start + 50 * minute)];
  expect(new Set(pages.map(page => page.session)).size).toBe(1);
  expect(new Set(pages.map(page => page.w)).size).toBe(1);
  expect(pages.map(page => page.ordinal)).toEqual([0, 1, 2]);
});

it.each([
  ['30 minutes without anybody', start + 30 * minute],
  ['a clock set ahead by a year', start + 365 * 24 * hour],
  ['a clock set back by a day', start - 24 * hour],
])('is a new one after %s, of the same person', async (_, now) => {
  const before = await open(start), after = await open(now);
  expect(after.session).not.toBe(before.session);
  expect(after.ordinal).toBe(0);
  expect(after.person).toBe(before.person);
});

it('lasts 24 hours at most, however busy', async () => {
  const first = await open(start);
  let last = first;
  for (let at = start; at < start + 25 * hour; at += 20 * minute) last = await open(at);
  expect(last.session).not.toBe(first.session);
});

it('bears a clock that went back a little between two documents', async () => {
  expect((await open(start - minute)).session).toBe((await open(start)).session);
});

it('carries on where the device has no clock at all', async () => {
  const [one, two] = [await open(NaN), await open(NaN)];
  expect(two).toMatchObject({ session: one.session, ordinal: 1 });
});

it('lives in memory where storage is blocked', async () => {
  vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => { throw new DOMException('blocked', 'SecurityError'); });
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => { throw new DOMException('blocked', 'SecurityError'); });
  vi.resetModules();
  const [{ join }, { LocalStore }] = await Promise.all([import('../src/session'), import('../src/storage')]);
  const pages = [join(new LocalStore('t:'), 1), join(new LocalStore('t:'), 1)];
  expect(pages[1]).toMatchObject({ session: pages[0]!.session, ordinal: 1 });
});

it.each(['{', '[]', '{"session":1}', '{"session":"x","w":"y"}', 'null'])('starts over when storage holds %s', async broken => {
  localStorage.setItem('t:session', broken);
  expect((await open(start)).session).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

it('is sampled once, for all its pages', async () => {
  expect((await open(start, 0)).sampled).toBe(false);
  expect((await open(start + minute, 1)).sampled).toBe(false);
});

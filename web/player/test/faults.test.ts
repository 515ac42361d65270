import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { eventually, launch, openAt, replayed, stageOf } from './browser';
import { blockOf, chunked, recordingOf, SESSION, type Recording } from './recording';
import { ReplayServer } from './server';
import { synthetic, SYNTHETIC_PAGE } from './synthetic';

const TEN_MINUTES_MS = 600_000;
let browser: Browser;
let page: Page;
let server: ReplayServer;
let recording: Recording;

beforeAll(async () => {
  browser = await launch();
  server = await ReplayServer.start(synthetic(1_000, 10));
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});
beforeEach(async () => {
  await page?.close();
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  recording = synthetic(TEN_MINUTES_MS, 3_000);
  server.recording = recording;
  server.faults.clear();
  server.reports.length = 0;
});

/** The first block that is needed to show `t`. */
function blockAt(t: number): string {
  const blocks = recording.manifest.pages[0]!.blocks.filter(({ from }) => from! <= t);
  return `${SYNTHETIC_PAGE}/${blocks[blocks.length - 1]!.address}`;
}
const card = (): Promise<string> => page.locator('.rp-card').innerText();

describe('what cannot be played is shown at its place, and the rest plays', () => {
  for (const [name, cause, words, fault] of [
    ['other bytes than those that were sealed', 'hash_mismatch', 'does not match its hash',
      (stored: Buffer) => brotliCompressSync(Buffer.concat([Buffer.from(' '), brotliDecompressSync(stored).subarray(1)]))],
    ['bytes that cannot be decoded', 'damaged', 'is damaged', (stored: Buffer) => stored.subarray(0, stored.length / 2)],
    ['a missing object', 'object_missing', 'is missing from storage', () => null],
  ] as const) {
    it(name, async () => {
      const address = blockAt(250_000);
      const bytes = fault(recording.blocks.get(address)!);
      if (bytes === null) recording.blocks.delete(address);
      else recording.blocks.set(address, bytes);
      await openAt(page, server.app, 250_000);
      await eventually(card).toContain(words);
      await eventually(() => server.reports).toMatchObject([{ page: SYNTHETIC_PAGE, address: address.slice(37), cause }]);
      await openAt(page, server.app, 500_000);
      expect(await replayed(await stageOf(page))).toContain('"mark ');
      expect(await page.locator('.rp-gap').count()).toBeGreaterThan(0);
    });
  }

  it('playing goes on behind it', async () => {
    recording.blocks.delete(blockAt(250_000));
    await openAt(page, server.app, 239_000);
    await page.keyboard.press('Space');
    await eventually(async () => Number(await page.getAttribute('.rp-timeline', 'aria-valuenow'))).toBeGreaterThan(350_000);
    expect(await page.locator('.rp-note').innerText()).toContain('that cannot be shown');
    await page.waitForSelector('.rp[data-status="playing"]');
  });
});

it('a refused token is replaced and nothing is lost', async () => {
  const address = blockAt(300_000);
  server.faults.set(address, (response) => {
    server.faults.delete(address);
    response.writeHead(401).end();
  });
  const before = server.tokens.length;
  await openAt(page, server.app, 300_000);
  expect(await replayed(await stageOf(page))).toContain('"mark 100"');
  expect(server.tokens.length - before).toBe(2);
  expect(server.reports).toEqual([]);
});

it('a server that does not answer is waited for', async () => {
  const address = blockAt(0);
  server.faults.set(address, (response) => void response.writeHead(503).end());
  await page.goto(`${server.app}/session?t=0`);
  await eventually(card).toContain('cannot be reached');
  server.faults.delete(address);
  await page.waitForSelector('.rp[data-status="paused"]');
  expect(await page.locator('.rp-card').isVisible()).toBe(false);
  expect(server.reports).toEqual([]);
});

describe('there is never a blank page', () => {
  it('for a session of which nothing is known', async () => {
    server.recording = recordingOf([]);
    await page.goto(`${server.app}/session`);
    await eventually(card).toContain('Nothing of this session has arrived yet');
  });

  it('for a page without content', async () => {
    server.recording = recordingOf([{ page: SESSION, url: 'https://shop.example/', title: 'Empty', startMs: 0, endMs: 5_000, chunks: [] }]);
    await page.goto(`${server.app}/session`);
    await eventually(card).toContain('Nothing of this page has arrived');
  });

  it('for a page without a full picture, whose events are listed all the same', async () => {
    const chunks = [{ seq: 0, snapshot: false, entries: [{ at: 10, k: 'click', d: { text: 'Buy now', selector: '#b' } }] }];
    server.recording = recordingOf([{ page: SESSION, url: 'https://shop.example/', title: 'No picture', startMs: 0, endMs: 5_000, chunks }]);
    await page.goto(`${server.app}/session?t=0`);
    await eventually(card).toContain('no full picture');
    await eventually(() => page.locator('.rp-line').allInnerTexts()).toEqual([expect.stringContaining('Buy now')]);
  });

  it('for a manifest of a newer version', async () => {
    server.recording = { ...recording, manifest: { ...recording.manifest, version: 2 } };
    await page.goto(`${server.app}/session`);
    await eventually(card).toContain('newer version');
  });
});

it('a live session grows while one watches, and is followed', async () => {
  const entries = (from: number, to: number) => Array.from({ length: (to - from) / 100 }, (_, i) => ({ at: from + i * 100, k: 'event', d: { name: `tick ${from + i * 100}` } }));
  recording.manifest = { ...recording.manifest, state: 'live', duration_ms: 4_000, pages: [{ ...recording.manifest.pages[0]!, blocks: recording.manifest.pages[0]!.blocks.slice(0, 1), end_ms: 4_000, ended: false }] };
  await page.goto(`${server.app}/session`);
  await page.waitForSelector('.rp-live[aria-pressed="true"]');
  const live = recording.manifest.pages[0]!;
  const seq = live.blocks[0]!.last_seq + 1;
  const added = blockOf(SYNTHETIC_PAGE, `chunks/${seq}`, chunked(entries(4_000, 9_000)).map((it) => ({ ...it, seq })), recording.blocks);
  recording.manifest = { ...recording.manifest, duration_ms: 9_000, pages: [{ ...live, end_ms: 9_000, blocks: [...live.blocks, added] }] };
  await eventually(async () => Number(await page.getAttribute('.rp-timeline', 'aria-valuenow'))).toBeGreaterThan(7_000);
  await eventually(() => page.locator('.rp-line').allInnerTexts()).toContainEqual(expect.stringContaining('tick 8900'));
});

it('what is sealed while one watches is not listed twice', async () => {
  const entries = Array.from({ length: 40 }, (_, i) => ({ at: 1_000 + i * 100, k: 'event', d: { name: `tick ${i}` } }));
  const known = recording.manifest.pages[0]!;
  const seq = known.blocks[0]!.last_seq + 1;
  const chunks = chunked(entries).map((it) => ({ ...it, seq }));
  const pending = blockOf(SYNTHETIC_PAGE, `chunks/${seq}`, chunks, recording.blocks);
  const live = { ...known, blocks: [known.blocks[0]!, pending], end_ms: 9_000, ended: false };
  recording.manifest = { ...recording.manifest, state: 'live', duration_ms: 9_000, pages: [live] };
  await page.goto(`${server.app}/session`);
  const listed = (): Promise<number> => page.locator('.rp-line', { hasText: 'tick 7' }).count();
  await eventually(listed).toBe(1);
  const sealed = blockOf(SYNTHETIC_PAGE, 'parts/1/0', chunks, recording.blocks);
  const later = blockOf(SYNTHETIC_PAGE, `chunks/${seq + 1}`,
    chunked([{ at: 9_500, k: 'event', d: { name: 'after the seal' } }]).map((it) => ({ ...it, seq: seq + 1 })), recording.blocks);
  recording.manifest = { ...recording.manifest, duration_ms: 9_600, pages: [{ ...live, end_ms: 9_600, blocks: [known.blocks[0]!, sealed, later] }] };
  await eventually(() => page.locator('.rp-line', { hasText: 'after the seal' }).count()).toBe(1);
  await eventually(() => server.blockRequests.includes(`${SYNTHETIC_PAGE}/parts/1/0`)).toBe(true);
  expect(await listed()).toBe(1);
});

it('the keyboard does what the buttons do', async () => {
  await openAt(page, server.app, 100_000);
  const at = async (): Promise<number> => Number(new URL(page.url()).searchParams.get('t'));
  await page.keyboard.press('ArrowRight');
  await eventually(at).toBe(105_000);
  await page.keyboard.press('ArrowLeft');
  await eventually(at).toBe(100_000);
  await page.keyboard.press('End');
  await eventually(at).toBe(TEN_MINUTES_MS);
  await page.keyboard.press('Home');
  await eventually(at).toBe(0);
  await eventually(() => page.locator('.rp-line').count()).toBeGreaterThan(3);
  await page.keyboard.press('Shift+ArrowRight');
  // The first click is entry 250 of 3,000 in ten minutes.
  await eventually(at).toBe(50_000 - 300);
  await page.keyboard.press(']');
  expect(await page.locator('.rp-speed').inputValue()).toBe('2');
  await page.keyboard.press('Space');
  await page.waitForSelector('.rp[data-status="playing"]');
  await page.reload();
  await page.waitForSelector('.rp[data-status]');
  expect(await page.locator('.rp-speed').inputValue()).toBe('2');
});

it('the list of keys comes and goes with its key', async () => {
  await openAt(page, server.app, 100_000);
  const keys = page.getByRole('dialog', { name: 'Keys' });
  await page.keyboard.press('?');
  await eventually(() => keys.isVisible()).toBe(true);
  expect(await keys.innerText()).toContain('Previous or next marker');
  await page.keyboard.press('Escape');
  await eventually(() => keys.isVisible()).toBe(false);
});

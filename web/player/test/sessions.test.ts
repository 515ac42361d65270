import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { eventually, launch, openAt, replayed, stageOf } from './browser';
import { chunked, recordingOf, type TestEntry, type TestPage } from './recording';
import { ReplayServer } from './server';

let browser: Browser;
let page: Page;
let server: ReplayServer;

beforeAll(async () => {
  browser = await launch();
  server = await ReplayServer.start(recordingOf([]));
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});
beforeEach(async () => {
  await page?.close();
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
});

const FIRST = '11111111-1111-4111-8111-111111111111';
const SECOND = '22222222-2222-4222-8222-222222222222';

/** A page that says its name, and in which somebody moves the mouse at these clocks. */
function simple(id: string, name: string, startMs: number, endMs: number, moves: number[]): TestPage {
  const node = {
    type: 0, id: 1, childNodes: [{ type: 2, id: 2, tagName: 'html', attributes: {}, childNodes: [
      { type: 2, id: 3, tagName: 'head', attributes: {}, childNodes: [] },
      { type: 2, id: 4, tagName: 'body', attributes: {}, childNodes: [{ type: 3, id: 5, textContent: name }] }] }],
  };
  const entries: TestEntry[] = [
    { at: 0, k: 'rrweb', d: { type: 4, data: { href: '', width: 600, height: 400 }, timestamp: 0 } },
    { at: 0, k: 'rrweb', d: { type: 2, data: { node, initialOffset: { left: 0, top: 0 } }, timestamp: 0 } },
    ...moves.map((at): TestEntry => ({ at, k: 'rrweb', d: { type: 3, data: { source: 1, positions: [{ x: at % 500, y: 50, id: 4, timeOffset: 0 }] }, timestamp: 0 } })),
  ];
  return { page: id, url: `https://shop.example/${name}`, title: name, startMs, endMs, viewport: { width: 600, height: 400 }, chunks: chunked(entries) };
}

const at = async (): Promise<number> => Number(await page.getAttribute('.rp-timeline', 'aria-valuenow'));

it('goes from page to page, and keeps the last picture in between', async () => {
  server.recording = recordingOf([simple(FIRST, 'first', 0, 1_000, [500]), simple(SECOND, 'second', 1_600, 2_500, [500])]);
  await openAt(page, server.app, 1_300);
  expect(await replayed(await stageOf(page))).toContain('"first"');
  await page.keyboard.press('Space');
  await page.waitForSelector('.rp[data-status="ended"]');
  expect(await replayed(await stageOf(page))).toContain('"second"');
  expect(await page.locator('.rp-page-title').innerText()).toBe('second');
});

it('of two tabs shows the one opened last, and the other when it is chosen', async () => {
  server.recording = recordingOf([simple(FIRST, 'first', 0, 9_000, [500]), simple(SECOND, 'second', 1_000, 8_000, [500])]);
  await openAt(page, server.app, 3_000);
  const stage = await stageOf(page);
  expect(await replayed(stage)).toContain('"second"');
  await page.locator('.rp-other').click();
  await eventually(() => replayed(stage)).toContain('"first"');
  await eventually(() => page.locator('.rp-page-title').innerText()).toBe('first');
});

it('jumps over stretches in which nobody did anything, and says so', async () => {
  server.recording = recordingOf([simple(FIRST, 'first', 0, 200_000, [100, 600, 180_000, 180_500])]);
  await page.goto(`${server.app}/session`);
  await eventually(at).toBeGreaterThan(178_000);
  expect(await page.locator('.rp-note').innerText()).toMatch(/Skipped 2 min 5\d s without activity/);
});

it('plays everything when the viewer wants it, and remembers it', async () => {
  server.recording = recordingOf([simple(FIRST, 'first', 0, 200_000, [100, 600, 180_000])]);
  await openAt(page, server.app, 10_000);
  await page.keyboard.press('i');
  await page.reload();
  await page.waitForSelector('.rp[data-status="paused"]');
  expect(await page.locator('.rp-toggle').getAttribute('aria-pressed')).toBe('false');
  await page.keyboard.press('Space');
  await page.waitForFunction(() => Number(document.querySelector('.rp-timeline')!.getAttribute('aria-valuenow')) > 11_500);
  expect(await at()).toBeLessThan(100_000);
});

it('follows the hand that drags the line, and ends where it lets go', async () => {
  server.recording = recordingOf([simple(FIRST, 'first', 0, 60_000, [100, 30_000])]);
  await openAt(page, server.app, 0);
  const box = (await page.locator('.rp-timeline').boundingBox())!;
  await page.mouse.move(box.x + 5, box.y + 30);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + 30, { steps: 40 });
  await page.mouse.up();
  await eventually(async () => Math.abs(Number(new URL(page.url()).searchParams.get('t')) - 30_000)).toBeLessThan(200);
});

it('keeps the line of what happens now in sight', async () => {
  const clicks = Array.from({ length: 60 }, (_, i): TestEntry => ({ at: 1_000 + i * 900, k: 'click', d: { text: `click ${i}`, selector: 'a' } }));
  const first = simple(FIRST, 'first', 0, 60_000, [100]);
  server.recording = recordingOf([{ ...first, chunks: [...first.chunks, { seq: first.chunks.length, snapshot: false, entries: clicks }] }]);
  await openAt(page, server.app, 0);
  await eventually(() => page.locator('.rp-line').count()).toBe(60);
  await page.keyboard.press('Shift+ArrowRight');
  for (let i = 0; i < 30; i++) {
    // One goes to shortly before a marker, so the line of the one before it is the last.
    await page.keyboard.press('Shift+ArrowRight');
    await eventually(() => page.locator('[aria-current] .rp-text').allInnerTexts()).toEqual([`click ${i}`]);
    await eventually(() => page.evaluate(() => {
      const [line, list] = ['.rp-lines [aria-current]', '.rp-lines'].map((it) => document.querySelector(it)!.getBoundingClientRect());
      return line!.top >= list!.top && line!.bottom <= list!.bottom;
    })).toBe(true);
  }
});

it('works on a phone without scrolling sideways', async () => {
  await page.setViewportSize({ width: 375, height: 700 });
  server.recording = recordingOf([simple(FIRST, 'a title that is much too long for a phone in every respect', 0, 60_000, [100])]);
  await openAt(page, server.app, 0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { launch, openAt, replayed, stageOf } from './browser';
import { ReplayServer } from './server';
import { hour, markAt } from '../samples/hour.mjs';
import { synthetic } from './synthetic';

const HOUR_MS = 3_600_000;
const ENTRIES = 30_000;
let browser: Browser;
let server: ReplayServer;
let page: Page;

beforeAll(async () => {
  browser = await launch();
  server = await ReplayServer.start(synthetic(HOUR_MS, ENTRIES));
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** From the click on the time line to the picture, ms, as the session page sees it. */
function seekTo(t: number): Promise<number> {
  return page.evaluate((to) => new Promise<number>((resolve) => {
    const line = document.querySelector('.rp-timeline')!;
    const box = line.getBoundingClientRect();
    const began = performance.now();
    const heard = ({ data }: MessageEvent<{ type: string; status: string; t: number }>): void => {
      if (data.type !== 'state' || data.status === 'waiting' || Math.abs(data.t - to) > 10_000) return;
      window.removeEventListener('message', heard);
      resolve(performance.now() - began);
    };
    window.addEventListener('message', heard);
    const init = { bubbles: true, button: 0, pointerId: 1, clientX: box.left + (to / 3_600_000) * box.width };
    HTMLElement.prototype.setPointerCapture = () => {};
    line.dispatchEvent(new PointerEvent('pointerdown', init));
  }), t);
}

it('shows any moment of an hour, with what had happened by then', async () => {
  const began = performance.now();
  await openAt(page, server.app, 0);
  const first = performance.now() - began;
  const stage = await stageOf(page);
  const { marks } = hour({ durationMs: HOUR_MS, entries: ENTRIES });
  const times: number[] = [];
  for (const share of [0.5, 0.99, 0.02, 0.73, 0.31, 0.86, 0.12, 0.64]) {
    times.push(await seekTo(share * HOUR_MS));
    const t = Number(new URL(page.url()).searchParams.get('t'));
    expect(Math.abs(t - share * HOUR_MS)).toBeLessThan(10_000);
    expect(await replayed(stage)).toContain(`"${markAt(marks, t)}"`);
  }
  console.log(`first frame ${first.toFixed(0)} ms after navigation, seeks ${times.map((ms) => ms.toFixed(0)).join(', ')} ms`);
});

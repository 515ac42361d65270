import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { eventually, launch, openAt, replayed, stageOf } from './browser';
import { recordShop, type Recorded } from './recorded';
import { ReplayServer } from './server';

let browser: Browser;
let server: ReplayServer;
let shop: Recorded;
let page: Page;

beforeAll(async () => {
  browser = await launch();
  shop = await recordShop(browser);
  server = await ReplayServer.start(shop.recording);
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

describe('a recorded page', () => {
  it('shows at each moment what the page showed then', async () => {
    for (const { t, dom } of shop.moments) {
      await openAt(page, server.app, Math.round(t));
      expect(await replayed(await stageOf(page))).toBe(dom);
    }
  });

  it('shows the same when one moment is reached from another, in any order', async () => {
    await openAt(page, server.app, 0);
    const stage = await stageOf(page);
    for (const index of [3, 0, 4, 1, 2]) {
      const { t, dom } = shop.moments[index]!;
      await page.evaluate((to) => (document.querySelector('iframe.rp-stage') as HTMLIFrameElement)
        .contentWindow!.postMessage({ type: 'seek', t: to }, '*'), t);
      await eventually(() => replayed(stage)).toBe(dom);
    }
  });

  it('is rebuilt in a frame that may not run scripts', async () => {
    const stage = await stageOf(page);
    expect(await stage.$$eval('iframe', (frames) => frames.map((frame) => frame.getAttribute('sandbox')))).toEqual(['allow-same-origin']);
  });

  it('plays to its end and says so', async () => {
    await openAt(page, server.app, null);
    await page.waitForSelector('.rp[data-status="ended"]');
    expect(await replayed(await stageOf(page))).toBe(shop.moments[4]!.dom);
    expect(server.reports).toEqual([]);
    expect(server.strays).toEqual([]);
  });
});

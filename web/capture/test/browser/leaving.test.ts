import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { bundle, hasChromium, launch } from './chromium';
import { faults } from './conservation';
import { CaptureServer, type Received } from './server';
import { change, fill, html, visit } from './visit';

const ways: Record<string, (page: Page, before: string) => Promise<unknown>> = {
  'a link': (page, before) => page.evaluate(`${before} document.querySelector('a').click();`),
  'a reload': (page, before) => page.evaluate(`${before} location.reload();`),
  'an address of another site': (page, before) => page.evaluate(`${before} location.href = 'about:blank';`),
  'closing the tab': async (page, before) => { await page.evaluate(before); await page.close(); },
};

const busy = (status: number, reason: string) => () => ({ status, body: { final: false, reason, retry_after_ms: 60_000 } });
const servers: Record<string, (received: Received) => any> = {
  'answers at once': () => undefined,
  'answers late': () => new Promise(resolve => setTimeout(() => resolve(undefined), 400)),
  'says 503': busy(503, 'memory_full'),
  'says 429': busy(429, 'key_quota'),
  'is not reached': () => 'lost',
  'is not heard': () => 'unheard',
};

/** Every way with every server; and with each less, or more, than a browser lets go on when its document unloads. */
const cases = Object.keys(ways).flatMap((way, i) => Object.keys(servers).map((kind, j) =>
  ({ way, kind, kilobytes: (i + j) % 2 ? 200 : 0, settled: (i + (j >> 1)) % 2 === 0 })));

describe.runIf(hasChromium)('what was captured when a page is left', () => {
  let browser: Browser, server: CaptureServer, origin: string, script: string;
  let contexts: BrowserContext[];
  beforeAll(async () => {
    [browser, script] = await Promise.all([launch(), bundle('global.ts')]);
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    contexts = [];
    server = new CaptureServer(script);
    origin = await server.start();
    for (const path of ['/', '/next', '/later']) server.pages[path] = html;
    return async () => {
      await Promise.all(contexts.map(context => context.close()));
      await server.stop();
    };
  });

  const profile = async () => {
    const context = await browser.newContext();
    contexts.push(context);
    return context;
  };
  const open = (context: BrowserContext, path = '/', settled = false) => visit(context, origin + path, settled);
  const events = (name: string) => new Set(server.received.filter(chunk => chunk.entries.some(entry => entry.d.name === name)).map(one => one.page)).size;
  /** Of the pages that are left; those of the next visit are still open. */
  const wrong = () => {
    const later = server.received.filter(chunk => chunk.entries.some(entry => entry.k === 'page' && entry.d.url?.endsWith('/later')));
    return faults(server.received.filter(chunk => !later.some(one => one.page === chunk.page)));
  };

  it.each(cases)('by $way is there after the next visit: server $kind, $kilobytes kB, settled: $settled', async ({ way, kind, kilobytes, settled }) => {
    const context = await profile();
    if (!settled) server.answer = servers[kind]!;
    const page = await open(context, '/', settled);
    server.answer = servers[kind]!;
    await ways[way]!(page, `window.isLeft = true; ${fill(kilobytes)}${change}`);
    if (way !== 'closing the tab') {
      await page.waitForFunction('!window.isLeft');
      await page.close();
    }
    server.answer = () => undefined;
    await open(context, '/later');
    await vi.waitFor(() => expect([...wrong(), events('final')]).toEqual([1]), { timeout: 30_000 });
  });

  it('is there without another visit, when the server answers late and little waits', async () => {
    const page = await open(await profile(), '/', true);
    server.answer = servers['answers late']!;
    const upload = page.waitForRequest(request => request.method() === 'POST');
    await page.evaluate(`Recount.track('under way')`);
    await upload;
    await page.evaluate(`${change} location.href = 'about:blank'`);
    await vi.waitFor(() => expect([...wrong(), events('final')]).toEqual([1]), { timeout: 10_000 });
  });

  it('is there when the page was left before its database was open or its settings known', async () => {
    const context = await profile();
    const page = await context.newPage();
    await page.addInitScript('IDBFactory.prototype.open = () => ({})');
    await page.route('**/settings', () => undefined);
    await page.goto(origin + '/?privacy=inputs');
    await page.evaluate(`${change} location.href = 'about:blank'`);
    await page.waitForURL('about:blank');
    await page.close();
    expect(server.received).toEqual([]);
    await open(context, '/later');
    await vi.waitFor(() => expect([...wrong(), events('final')]).toEqual([1]), { timeout: 10_000 });
  });
});

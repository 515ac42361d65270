import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { bundle, hasChromium, launch } from './chromium';
import { faults } from './conservation';
import { CaptureServer, type Received } from './server';
import { fill, html, visit } from './visit';

describe.runIf(hasChromium)('the outbox outlives its document', () => {
  let browser: Browser, context: BrowserContext, server: CaptureServer, origin: string, script: string;
  beforeAll(async () => {
    [browser, script] = await Promise.all([launch('--disable-back-forward-cache'), bundle('global.ts')]);
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    server = new CaptureServer(script);
    origin = await server.start();
    for (const path of ['/', '/next', '/later']) server.pages[path] = html;
    context = await browser.newContext();
    return async () => {
      await context.close();
      await server.stop();
    };
  });

  const open = (path: string, settled = false) => visit(context, origin + path, settled);
  const holds = (chunk: Received, name: string) => chunk.entries.some(entry => entry.d.name === name);
  const arrived = (name: string) => server.received.some(chunk => holds(chunk, name));
  /** A killed page has no end, and one that is open none yet. */
  const wrong = () => faults(server.received).filter(fault => !fault.endsWith('has no end'));
  const crash = async (page: Page) => {
    const crashed = page.waitForEvent('crash');
    const session = await context.newCDPSession(page);
    void session.send('Page.crash').catch(() => undefined);
    await crashed;
  };
  /** Captures something that the server hears of, and with that is stored, but does not take. */
  const attempt = async (page: Page, name: string, more = '') => {
    const heard = new Promise<void>(resolve => {
      server.answer = received => { if (holds(received, name)) resolve(); return 'lost'; };
    });
    await page.evaluate(`Recount.track('${name}'); ${more}`);
    await heard;
  };

  it('when its tab is killed: what was cut by then arrives, and soon', async () => {
    const page = await open('/', true);
    await attempt(page, 'before the crash');
    await crash(page);
    server.answer = () => undefined;
    await open('/later');
    await vi.waitFor(() => expect([...wrong(), arrived('before the crash')]).toEqual([true]), { timeout: 30_000 });
  });

  it('when the tab that delivers for it is killed as well: the next one goes on', async () => {
    const first = await open('/', true);
    await attempt(first, 'left');
    await first.evaluate(fill(300) + `Recount.track('left last')`);
    await first.close();
    let taken = 0;
    const amid = new Promise<void>(resolve => {
      server.answer = received => {
        if (received.query.has('clock') || ++taken < 2) return undefined;
        resolve();
        return new Promise(() => undefined);
      };
    });
    const second = await open('/next');
    await amid;
    await open('/later');
    server.answer = () => undefined;
    await crash(second);
    await vi.waitFor(() => expect([...wrong(), arrived('left'), arrived('left last')]).toEqual([true, true]), { timeout: 40_000 });
  });

  it('when there are many tabs: each chunk that is left is sent by one of them, once', async () => {
    const first = await open('/', true);
    await attempt(first, 'left');
    await first.close();
    const late: string[] = [];
    server.answer = received => {
      if (!received.query.has('clock')) late.push(`${received.page}/${received.seq}`);
      return undefined;
    };
    await Promise.all(['/next', '/later', '/next', '/later'].map(path => open(path)));
    await vi.waitFor(() => expect([...wrong(), arrived('left')]).toEqual([true]), { timeout: 30_000 });
    expect(late.length).toBe(new Set(late).size);
  });

  it('when it rests in the back-forward cache, and nothing is doubled when it comes back', async () => {
    const page = await open('/', true);
    await attempt(page, 'before');
    server.answer = () => undefined;
    await page.goto(origin + '/next');
    await server.until(() => arrived('before'));
    await page.goBack({ waitUntil: 'commit' });
    await page.evaluate(`Recount.track('after')`);
    await server.until(() => arrived('after'));
    const [before, after] = ['before', 'after'].map(name => server.received.filter(chunk => holds(chunk, name)));
    expect(after![0]!.page).toBe(before![0]!.page);
    await page.close();
    await open('/later');
    await server.until(received => received.some(chunk => chunk.page === after![0]!.page && chunk.query.has('last')));
    expect(wrong()).toEqual([]);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expectValid } from '../schemas';
import { bundle, hasChromium, launch } from './chromium';
import { CaptureServer } from './server';

const key = 'rk_' + 'a1'.repeat(16);

const html = (body: string, options = '{}') => `<!doctype html><html lang="en"><head><title>A page</title>
<script src="/recount.js"></script><script>Recount.init({ key: '${key}', privacy: 'inputs', ...${options} });</script>
</head><body>${body}</body></html>`;

describe.runIf(hasChromium)('a real browser', () => {
  let browser: Browser, context: BrowserContext, page: Page, server: CaptureServer, origin: string, script: string;

  beforeAll(async () => {
    [browser, script] = await Promise.all([launch(), bundle('global.ts')]);
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    server = new CaptureServer(script);
    origin = await server.start();
    server.pages['/'] = html('<h1>Hello</h1><button id="go">Go</button><input id="name"><a href="/next">next</a>'
      + '<script>document.getElementById("go").onclick = () => document.body.append(document.createElement("hr"));</script>');
    server.pages['/next'] = html('<h1>Next</h1><iframe src="/inner"></iframe>');
    server.pages['/inner'] = '<!doctype html><p>inside the frame</p>';
    context = await browser.newContext();
    page = await context.newPage();
    return async () => {
      await context.close();
      await server.stop();
    };
  });

  it('delivers a page entry, a snapshot and what the person did, as the schemas say', async () => {
    await page.goto(origin);
    await page.click('#go');
    await page.fill('#name', 'Ada Lovelace');
    await page.evaluate(() => {
      console.warn('careful', { a: 1 });
      (window as any).Recount.track('tried', { times: 2 });
      (window as any).Recount.identify('person-7', { plan: 'free' });
      setTimeout(() => { throw new TypeError('broken 42'); });
      void Promise.reject(new Error('nobody caught this'));
      history.pushState(null, '', '/route');
    });
    const wanted = ['page', 'rrweb', 'click', 'console', 'event', 'identify', 'error', 'navigation'];
    await server.until(() => wanted.every(kind => server.entries.some(entry => entry.k === kind))
      && server.entries.filter(entry => entry.k === 'error').length === 2);

    server.entries.forEach(expectValid);
    const [first] = server.received;
    expect(first!.seq).toBe(0);
    expect(first!.entries[0]).toMatchObject({ k: 'page', d: { title: 'A page', ordinal: 0, privacy: 'inputs' } });
    expect(first!.entries.filter(entry => entry.k === 'rrweb').slice(0, 2).map(entry => entry.d.type)).toEqual([4, 2]);
    const click = server.entries.find(entry => entry.k === 'click')!;
    expect(click.d).toMatchObject({ selector: 'button#go', text: 'Go', interactive: true });
    expect(click.d.reaction).toBeGreaterThanOrEqual(0);
    expect(server.received.map(chunk => chunk.text).join()).not.toContain('Lovelace');
    expect(server.received.map(chunk => chunk.seq)).toEqual(server.received.map((_, i) => i));
  });

  it('compresses, and sends as text/plain without a header that would need a preflight', async () => {
    await page.goto(origin);
    await server.until(received => received.length > 0);
    const { query, headers } = server.received[0]!;
    expect(query.get('enc')).toBe('gzip');
    expect(headers['content-type']).toBe('text/plain');
    expect(query.get('w')).toMatch(/^[0-9a-f]{32}$/);
    for (const name of ['sent', 'clock', 'from', 'to', 'n', 'captured', 'dropped']) expect(Number(query.get(name)), name).not.toBeNaN();
    expect(Number(query.get('n'))).toBe(server.received[0]!.entries.length);
  });

  it('ends a page with its last chunk, and the next document joins the session', async () => {
    await page.goto(origin);
    await server.until(received => received.length > 0);
    await page.click('a');
    await server.until(received => received.some(one => one.query.get('last') === '1') && new Set(received.map(one => one.page)).size === 2);
    const [one, two] = [...new Set(server.received.map(chunk => chunk.page))];
    expect(new Set(server.received.map(chunk => chunk.session)).size).toBe(1);
    expect(server.received.filter(chunk => chunk.page === one).some(chunk => chunk.query.get('last') === '1')).toBe(true);
    expect(server.entries.filter(entry => entry.k === 'page').map(entry => entry.d.ordinal)).toEqual([0, 1]);
    await server.until(received => received.some(chunk => chunk.page === two && chunk.text.includes('inside the frame')));
  });

  it('makes one session of two tabs that open at once, each page with an ordinal of its own', async () => {
    const tabs = await Promise.all([context.newPage(), context.newPage(), context.newPage()]);
    await Promise.all(tabs.map(tab => tab.goto(origin)));
    await server.until(() => server.entries.filter(entry => entry.k === 'page').length === 3);
    expect(new Set(server.received.map(chunk => chunk.session)).size).toBe(1);
    expect(new Set(server.received.map(chunk => chunk.query.get('w'))).size).toBe(1);
    expect(server.entries.filter(entry => entry.k === 'page').map(entry => entry.d.ordinal).sort()).toEqual([0, 1, 2]);
  });

  it('lets the page work on where storage, locks and the server are missing', async () => {
    await page.addInitScript(() => {
      for (const name of ['localStorage', 'indexedDB']) {
        Object.defineProperty(window, name, { get() { throw new DOMException('blocked', 'SecurityError'); } });
      }
      Object.defineProperty(navigator, 'locks', { value: undefined });
    });
    const errors: unknown[] = [];
    page.on('pageerror', error => errors.push(error));
    await page.goto(origin);
    await server.until(received => received.length > 0);
    server.answer = () => ({ status: 500 });
    await page.click('#go');
    expect(await page.locator('hr').count()).toBe(1);
    expect(errors).toEqual([]);
  });

  it('delivers from a later document what the first one could not', async () => {
    let refused = 0;
    server.answer = () => {
      refused++;
      return { status: 503, body: { final: false, reason: 'stopping', retry_after_ms: 50 } };
    };
    await page.goto(origin);
    await server.until(() => refused > 0);
    await page.goto('about:blank');
    server.answer = () => undefined;
    await page.goto(origin + '/next');
    await server.until(received => received.some(chunk => !chunk.query.has('clock') && chunk.seq === 0));
    const late = server.received.find(chunk => !chunk.query.has('clock'))!;
    expect(late.entries[0]!.k).toBe('page');
  });

  it('sends nothing before the settings are known, and nothing looser than they allow', async () => {
    server.settings = { ...(server.settings as object), privacy: 'strict' };
    server.pages['/'] = html('<p>visible words</p>', '{ privacy: "open" }');
    await page.goto(origin);
    await server.until(received => received.some(chunk => chunk.entries.some(entry => entry.d.type === 2)));
    expect(server.received.map(chunk => chunk.text).join()).not.toContain('visible words');
    expect(server.entries[0]!.d.privacy).toBe('strict');
  });

  it('takes a fresh snapshot when the page comes back from the back-forward cache', async () => {
    await page.goto(origin);
    await server.until(received => received.length > 0);
    const before = server.entries.filter(entry => entry.d.type === 2).length;
    await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    await server.until(() => server.entries.filter(entry => entry.d.type === 2).length > before);
    const starts = server.received.filter(chunk => chunk.entries.some(entry => entry.d.type === 2)).slice(1);
    for (const { entries } of starts) expect(entries.slice(0, 2).map(entry => entry.d.type)).toEqual([4, 2]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import type { Privacy } from '../../src/options';
import { canaries, tokenOf } from '../canaries';
import { bundle, hasChromium, launch } from './chromium';
import { CaptureServer } from './server';

const key = 'rk_' + 'c3'.repeat(16);

describe.runIf(hasChromium)('in a real browser', () => {
  let browser: Browser, script: string;
  beforeAll(async () => {
    [browser, script] = await Promise.all([launch(), bundle('global.ts')]);
  });
  afterAll(() => browser?.close());

  it.each<Privacy>(['strict', 'inputs', 'open'])('%s stores what the level stores and nothing else', async level => {
    const server = new CaptureServer(script);
    const origin = await server.start();
    server.pages['/inner'] = '<!doctype html><p>inner</p>';
    server.pages['/'] = `<!doctype html><html><head><title>x</title><style>.x { color: red; }</style>
      <script src="/recount.js"></script><script>Recount.init({ key: '${key}', privacy: '${level}' });</script></head>
      <body><p>first</p>${canaries.map((canary, i) => canary.html?.(tokenOf(i)) ?? '').join('\n')}</body></html>`;
    const page = await browser.newPage();
    await page.goto(origin);
    await server.until(received => received.length > 0);
    for (const [i, { act }] of canaries.entries()) {
      if (act) await page.evaluate(`(${act})(${JSON.stringify(tokenOf(i))})`);
    }
    const snapshots = server.entries.filter(entry => entry.d.type === 2).length;
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    await page.evaluate(() => (window as any).Recount.track('done'));
    await server.until(() => server.entries.some(entry => entry.d.name === 'done')
      && server.entries.filter(entry => entry.d.type === 2).length > snapshots);
    await page.close();
    await server.stop();

    const all = server.received.map(chunk => `${chunk.query}\n${chunk.text}`).join('\n');
    const wrong = canaries
      .map((canary, i) => ({ canary, found: all.includes(tokenOf(i)) }))
      .filter(({ canary, found }) => found !== (level !== 'strict' && canary[level]));
    expect(wrong.map(({ canary, found }) => `${canary.place}: ${found ? 'stored' : 'not stored'}`)).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import type { Privacy } from '../../src/options';
import { bundle, hasChromium, launch } from './chromium';
import { CaptureServer } from './server';

const key = 'rk_' + 'e5'.repeat(16);

const body = `<h1 title="Ada's page">Hello Ada <b>Lovelace</b></h1><p class="row x">Write to ada@example.org</p>
  <form><input name="n" placeholder="Name" value="given"><input type="password" value="secret"><textarea>words</textarea>
  <select><option>one</option><option selected>two</option></select><input type="checkbox" checked><input type="submit" value="Send"></form>
  <div contenteditable><p>typed</p></div><div data-recount="mask">private <i>words</i></div><div data-recount="block">hidden</div>
  <div data-recount="unmask">public words</div><svg viewBox="0 0 10 10"><title>A drawing</title><path d="M0 0L5 5"/><text>label</text></svg>
  <img alt="a face" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width="10" height="10"><iframe srcdoc="<p>inside</p><input value='in'>"></iframe><ul></ul>`;

describe.runIf(hasChromium)('a replay', () => {
  let browser: Browser, script: string, replayer: string, masking: string;
  beforeAll(async () => {
    [browser, script, replayer, masking] = await Promise.all(
      [launch(), bundle('global.ts'), bundle('../test/browser/replayer.ts'), bundle('privacy/index.ts', 'RecountPrivacy')]);
  });
  afterAll(() => browser?.close());

  it.each<Privacy>(['strict', 'inputs', 'open'])('shows under %s what the original showed, masked by the same functions', async level => {
    const server = new CaptureServer(script);
    const origin = await server.start();
    server.pages['/'] = `<!doctype html><html lang="en"><head><title>Ada's page</title><style>.x { color: red; }</style>
      <script src="/recount.js"></script><script>Recount.init({ key: '${key}', privacy: '${level}' });</script></head><body>${body}</body></html>`;
    const page = await browser.newPage();
    await page.goto(origin);
    await server.until(received => received.length > 0);
    await page.fill('[name=n]', 'Grace Hopper');
    await page.uncheck('[type=checkbox]');
    await page.evaluate(() => {
      const Recount = (window as any).Recount;
      for (let i = 0; i < 5; i++) document.querySelector('ul')!.insertAdjacentHTML('beforeend', `<li title="row ${i}">item ${i}</li>`);
      document.querySelector('li')!.remove();
      document.querySelector('h1 b')!.firstChild!.nodeValue = 'Byron';
      document.querySelector('h1')!.setAttribute('title', 'another title');
      document.body.appendChild(document.createElement('div')).attachShadow({ mode: 'open' }).innerHTML = '<p>in the shadow</p>';
      // A pause, and the recording goes on in a new page with numbers of its own.
      Recount.stop();
      Recount.start();
      document.querySelector('ul')!.insertAdjacentHTML('beforeend', '<li>after the pause</li>');
      document.title = 'Changed';
      Recount.track('done');
    });
    await server.until(() => server.entries.some(entry => entry.d.name === 'done'));
    await page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve))));
    await page.evaluate(() => (window as any).Recount.track('settled'));
    await server.until(() => server.entries.some(entry => entry.d.name === 'settled'));
    await page.addScriptTag({ path: masking });
    const original = await page.evaluate(one => (window as any).RecountPrivacy.outline(document, one), level);
    await page.goto('about:blank');

    const pages = [...new Set(server.received.map(chunk => chunk.page))];
    const stage = await browser.newPage();
    await stage.setContent('<!doctype html><body></body>');
    await stage.addScriptTag({ content: await readFile(replayer, 'utf8') });
    const events = server.received.filter(chunk => chunk.page === pages.at(-1)).sort((a, b) => a.seq - b.seq)
      .flatMap(chunk => chunk.entries).filter(entry => entry.k === 'rrweb').map(entry => entry.d);
    const replayed = await stage.evaluate(given => (window as any).replayOutline(given), events);
    await stage.close();
    await page.close();
    await server.stop();
    expect(pages).toHaveLength(2);
    expect(replayed).toEqual(original);
    expect(original.join()).toContain(level === 'strict' ? '***** *** *****' : 'after the pause');
  });
});

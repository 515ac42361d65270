import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { launch, openAt, stageOf } from './browser';
import { chunked, recordingOf, SESSION, type TestEntry } from './recording';
import { ReplayServer } from './server';
import { inScheme } from '../src/stage/scheme';

describe('CSS that asks for the preferred colours', () => {
  it.each([
    ['@media (prefers-color-scheme: dark) { a { color: red } }', 'light', '@media (min-width:99999999px) { a { color: red } }'],
    ['@media (prefers-color-scheme:dark) and (width > 9px) {}', 'dark', '@media (min-width:0px) and (width > 9px) {}'],
    ['@media not all and (prefers-color-scheme: LIGHT) {}', 'light', '@media not all and (min-width:0px) {}'],
    ['@media (prefers-color-scheme) {}', 'light', '@media (min-width:0px) {}'],
    [':root{color-scheme:light dark;color:red}', 'dark', ':root{color-scheme:dark;color:red}'],
    [':root { color-scheme: dark light }', 'light', ':root { color-scheme: light}'],
    ['.code { color-scheme: only dark; }', 'light', '.code { color-scheme: only dark; }'],
    ['p::before { content: "schemes" }', 'dark', 'p::before { content: "schemes" }'],
  ] as const)('%s is answered for %s', (css, scheme, answered) => {
    expect(inScheme(css, scheme)).toBe(answered);
  });
});

describe('in a viewer who prefers dark', () => {
  let browser: Browser;
  let page: Page;
  let server: ReplayServer;

  beforeAll(async () => {
    browser = await launch();
    server = await ReplayServer.start(recordingOf([]));
    page = await browser.newPage({ colorScheme: 'dark' });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const DARK = '@media (prefers-color-scheme: dark) {';

  /** A page with styles of every kind that rrweb records; each colours an element of its own dark. */
  function styled(colorScheme: 'light' | 'dark' | undefined) {
    let id = 2;
    const element = (tagName: string, attributes: object, childNodes: object[] = []) => ({ type: 2, id: id++, tagName, attributes, childNodes });
    const text = (textContent: string) => ({ type: 3, id: id++, textContent });
    const sheet = element('style', {}, [text(`${DARK} #text { color: rgb(9, 9, 9) } }`)]);
    const changed = text('a {}');
    const node = { type: 0, id: 1, childNodes: [element('html', {}, [
      element('head', {}, [
        element('meta', { name: 'color-scheme', content: 'light dark' }), sheet, element('style', {}, [changed]),
        element('style', { _cssText: `${DARK} #cssom { color: rgb(9, 9, 9) } }` }),
        element('style', { media: '(prefers-color-scheme: dark)' }, [text('#media { color: rgb(9, 9, 9) }')]),
      ]),
      element('body', {}, ['text', 'cssom', 'media', 'rule', 'later'].map((name) => element('p', { id: name, style: 'color-scheme: light dark' }))),
    ])] };
    const incremental = (at: number, data: object): TestEntry => ({ at, k: 'rrweb', d: { type: 3, data, timestamp: 0 } });
    const entries: TestEntry[] = [
      { at: 0, k: 'rrweb', d: { type: 4, data: { href: '', width: 600, height: 400 }, timestamp: 0 } },
      { at: 0, k: 'rrweb', d: { type: 2, data: { node, initialOffset: { left: 0, top: 0 } }, timestamp: 0 } },
      incremental(10, { source: 8, id: sheet.id, adds: [{ rule: `${DARK} #rule { color: rgb(9, 9, 9) } }` }] }),
      incremental(20, { source: 0, adds: [], removes: [], attributes: [], texts: [{ id: changed.id, value: `${DARK} #later { color: rgb(9, 9, 9) } }` }] }),
    ];
    return recordingOf([{ page: SESSION, url: 'https://shop.example/', title: 'Shop', startMs: 0, endMs: 1_000, viewport: { width: 600, height: 400 },
      chunks: chunked(entries), ...(colorScheme === undefined ? {} : { colorScheme }) }]);
  }

  const drawn = async () => (await stageOf(page)).evaluate(() => {
    const { contentDocument: shown, contentWindow: its } = document.querySelector<HTMLIFrameElement>('.surface.shown iframe')!;
    const dark = [...shown!.querySelectorAll('p')].map((it) => it.id).filter((id) => its!.getComputedStyle(shown!.getElementById(id)!).color === 'rgb(9, 9, 9)');
    const { colorScheme } = its!.getComputedStyle(shown!.querySelector('p')!);
    return { dark, colorScheme, meta: shown!.querySelector('meta')!.content };
  });

  it('a page that its visitor saw light stays light', async () => {
    server.recording = styled('light');
    await openAt(page, server.app, 500, '&theme=dark');
    expect(await drawn()).toEqual({ dark: [], colorScheme: 'light', meta: 'light' });
  });

  it('so does one of which nobody knows', async () => {
    server.recording = styled(undefined);
    await openAt(page, server.app, 500);
    expect((await drawn()).dark).toEqual([]);
  });

  it('and one that its visitor saw dark is dark, for viewers who prefer light as well', async () => {
    server.recording = styled('dark');
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      await openAt(page, server.app, 500);
      expect(await drawn()).toEqual({ dark: ['text', 'cssom', 'media', 'rule', 'later'], colorScheme: 'dark', meta: 'dark' });
    }
  });
});

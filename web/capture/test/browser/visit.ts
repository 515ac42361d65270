import type { BrowserContext, Page } from 'playwright-core';

const key = 'rk_' + 'b2'.repeat(16);

/** A recorded page; `?privacy=` in its address sets the level. */
export const html = `<!doctype html><html lang="en"><head><title>A page</title><script src="/recount.js"></script>
<script>Recount.init({ key: '${key}', privacy: new URLSearchParams(location.search).get('privacy') ?? 'strict' });</script>
</head><body><ul></ul><a href="/next">next</a></body></html>`;

/** Entries of so many kB in all, which compress badly. */
export const fill = (kilobytes: number) => `for (let i = 0; i < ${kilobytes}; i++)
  Recount.track('fill', { text: Array.from({ length: 100 }, () => Math.random().toString(36)).join('').slice(0, 980) });`;

/** The last thing a person sees: a change of the page and an event, in the turn in which the page is left. */
export const change = `document.querySelector('ul').insertAdjacentHTML('beforeend', '<li class="final"></li>'); Recount.track('final');`;

/**
 * Opens a recorded page in a new tab.
 * @param settled only once a chunk was acknowledged.
 */
export async function visit(context: BrowserContext, address: string, settled = false): Promise<Page> {
  const page = await context.newPage();
  const receipt = settled && page.waitForResponse(response => response.status() === 202);
  await page.goto(address, { waitUntil: 'commit' });
  await page.waitForFunction('document.querySelector("a") && window.Recount?.sessionUrl');
  await receipt;
  return page;
}

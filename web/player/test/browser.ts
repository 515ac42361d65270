import { expect } from 'vitest';
import { chromium, type Browser, type Frame, type Page } from 'playwright-core';

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** The stage's frame. */
export async function stageOf(page: Page): Promise<Frame> {
  const handle = await page.waitForSelector('iframe.rp-stage');
  return (await handle.contentFrame())!;
}

/** Opens the session page at a time, paused, and waits until its picture is there. */
export async function openAt(page: Page, app: string, t: number | null, query = ''): Promise<void> {
  await page.goto(`${app}/session?${t === null ? '' : `t=${t}`}${query}`);
  await page.waitForSelector('.rp[data-status="paused"], .rp[data-status="playing"], .rp[data-status="ended"]', { timeout: 10_000 });
}

/**
 * What a document shows, in a form that is equal for a page and its replay: elements, their attributes, text and
 * typed values, without scripts and without what the recorder or the player added. Runs in the browser.
 */
export const CANONICAL = `(root) => {
  const skip = new Set(['SCRIPT', 'NOSCRIPT', 'STYLE', 'TEMPLATE']);
  const own = /^(rr_|autocomplete$|_on|on|rrweb-)/;
  const walk = (node) => {
    if (node.nodeType === 3) return node.parentNode && node.textContent.trim() ? JSON.stringify(node.textContent.trim()) : '';
    if (node.nodeType !== 1 || skip.has(node.tagName.toUpperCase())) return '';
    const attributes = [...node.attributes].filter((it) => !own.test(it.name) && !/^(value|checked|selected)$/.test(it.name))
      .map((it) => it.name === 'class' ? ['class', [...node.classList].filter((name) => !name.startsWith('rrweb-') && name !== ':hover').join(' ')] : [it.name, it.value])
      .filter(([name, value]) => name !== 'class' || value !== '').map(([name, value]) => name + '=' + value).sort().join(' ');
    const value = 'value' in node && /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName) ? ' value:' + node.value + (node.checked ? ' checked' : '') : '';
    const shadow = node.shadowRoot ? '<#shadow>' + [...node.shadowRoot.childNodes].map(walk).join('') + '</#shadow>' : '';
    return '<' + node.tagName.toLowerCase() + ' ' + attributes + value + '>' + shadow + [...node.childNodes].map(walk).join('') + '</>';
  };
  return walk(root);
}`;

/** The replayed document, canonical. */
export function replayed(stage: Frame): Promise<string> {
  return stage.evaluate(`(${CANONICAL})(document.querySelector('.surface.shown:last-of-type iframe').contentDocument.documentElement)`);
}

/** Waits for what a probe should say, as long as a loaded machine may need. */
export const eventually = <T>(probe: () => T | Promise<T>) => expect.poll(probe, { timeout: 10_000 });

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { eventually, launch, openAt, replayed, stageOf } from './browser';
import type { Recording } from './recording';
import { ReplayServer } from './server';
import { synthetic } from './synthetic';

let browser: Browser;
let page: Page;
let server: ReplayServer;
let recording: Recording;

beforeAll(async () => {
  browser = await launch();
  server = await ReplayServer.start(synthetic(1_000, 10));
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});
beforeEach(async () => {
  await page?.close();
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  server.recording = recording = synthetic(600_000, 3_000);
  server.refusal = null;
});

describe('what happens to the viewer while watching is said until it is over, and what is loaded plays on', () => {
  const strip = (): Promise<string> => page.locator('.rp-trouble:visible').innerText();
  const watchLive = async (): Promise<void> => {
    recording.manifest = { ...recording.manifest, state: 'live' };
    await openAt(page, server.app, 250_000);
  };

  it('somebody who is signed out can sign in and comes back to the moment', async () => {
    await watchLive();
    server.refusal = (response) => void response.writeHead(401).end();
    await eventually(strip).toContain('You are signed out');
    await page.keyboard.press('Space');
    await page.waitForSelector('.rp[data-status="playing"]');
    await page.keyboard.press('Space');
    await page.waitForSelector('.rp[data-status="paused"]');
    const watched = new URL(page.url());
    await page.getByRole('link', { name: 'Sign in again' }).click();
    await page.waitForURL('**/login?**');
    expect(new URL(page.url()).searchParams.get('return')).toBe(watched.pathname + watched.search);
  });

  it('a database that does not answer is waited for', async () => {
    await watchLive();
    server.refusal = (response) => void response.writeHead(503, { 'Content-Type': 'application/problem+json' }).end('{"detail":"The database does not answer."}');
    await eventually(strip).toContain('The database does not answer.');
    expect(await replayed(await stageOf(page))).toContain('"mark ');
    server.refusal = null;
    await eventually(() => page.locator('.rp-trouble').isVisible()).toBe(false);
  });
});

it('somebody who was signed out before anything could be fetched is told so, and never sees a blank page', async () => {
  server.refusal = (response) => void response.writeHead(401).end();
  server.recording = { ...recording, manifest: { ...recording.manifest, version: 2 } };
  await page.goto(`${server.app}/session?t=4000`);
  await eventually(() => page.locator('.rp-card').innerText()).toContain('Sign in again to watch this session.');
});

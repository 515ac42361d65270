import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium, type Browser } from 'playwright-core';
import { bundling } from '../../slim.mjs';

const executablePath = process.env.RECOUNT_CHROMIUM ?? '/usr/bin/chromium';

export const hasChromium = existsSync(executablePath);

/** @param enabled what is on in a browser of people and Playwright turns off, as it names it. */
export const launch = (...enabled: string[]): Promise<Browser> => chromium.launch({
  executablePath, ignoreDefaultArgs: enabled,
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});

/** Bundles one source file as the package's own build does; returns the bundle's path. */
export async function bundle(entry: string, globalName?: string): Promise<string> {
  const outfile = join(await mkdtemp(join(tmpdir(), 'recount-bundle-')), 'bundle.js');
  await build({
    entryPoints: [fileURLToPath(new URL(`../../src/${entry}`, import.meta.url))],
    format: 'iife', globalName, outfile, ...bundling(),
  });
  return outfile;
}

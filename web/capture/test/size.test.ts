import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { bundle } from './browser/chromium';

it('is at most 30 kB when compressed', async () => {
  const script = await readFile(await bundle('global.ts'));
  expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(30_000);
});

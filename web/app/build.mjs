import { readFile, writeFile, mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { compress } from '../compress.mjs';
import { icons } from './icons.mjs';

const root = new URL('.', import.meta.url).pathname;
const dist = join(root, 'dist');
const require = createRequire(import.meta.url);

await rm(dist, { recursive: true, force: true });
await mkdir(dist);
await build({
  bundle: true, minify: true, target: 'es2020', absWorkingDir: root, legalComments: 'none',
  entryPoints: ['src/app.ts', 'src/theme.ts', 'src/app.css'], format: 'iife', outdir: 'dist',
});
await writeFile(join(dist, 'icons.svg'), await sprite());
await writeFile(join(dist, 'mark.svg'), await readFile(join(root, 'src', 'mark.svg')));
await compress(dist);

/** The icons that pages use, as one file of symbols. */
async function sprite() {
  const symbols = await Promise.all(icons.map(async (name) => {
    const svg = await readFile(require.resolve(`@tabler/icons/outline/${name}.svg`), 'utf8');
    const shapes = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'));
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" `
      + `stroke-linecap="round" stroke-linejoin="round">${shapes.replace(/\s+/g, ' ').trim()}</symbol>`;
  }));
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`;
}

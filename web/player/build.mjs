import { copyFile, rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { compress } from '../compress.mjs';

const root = new URL('.', import.meta.url).pathname;
const shared = {
  bundle: true, minify: true, format: 'iife', target: 'es2022', legalComments: 'none', absWorkingDir: root,
  loader: { '.css': 'text' },
};

await rm(`${root}dist`, { recursive: true, force: true });
await build({ ...shared, entryPoints: ['src/stage/main.ts'], outfile: 'dist/stage.js' });
await build({ ...shared, entryPoints: ['src/app/main.ts'], outfile: 'dist/player.js' });
await copyFile(`${root}src/app/player.css`, `${root}dist/player.css`);
await compress(`${root}dist`);

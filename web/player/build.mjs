import { copyFile } from 'node:fs/promises';
import { build } from 'esbuild';

const root = new URL('.', import.meta.url).pathname;
const shared = {
  bundle: true, minify: true, format: 'iife', target: 'es2022', legalComments: 'none', absWorkingDir: root,
  loader: { '.css': 'text' },
};

await build({ ...shared, entryPoints: ['src/stage/main.ts'], outfile: 'dist/stage.js' });
await build({ ...shared, entryPoints: ['src/app/main.ts'], outfile: 'dist/player.js' });
await copyFile(`${root}src/app/player.css`, `${root}dist/player.css`);

import { copyFile, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild';

const root = new URL('.', import.meta.url).pathname;
const shared = {
  bundle: true, minify: true, format: 'iife', target: 'es2022', legalComments: 'none', absWorkingDir: root,
  loader: { '.css': 'text' },
};

await rm(`${root}dist`, { recursive: true, force: true });
await build({ ...shared, entryPoints: ['src/stage/main.ts'], outfile: 'dist/stage.js' });
await build({ ...shared, entryPoints: ['src/app/main.ts'], outfile: 'dist/player.js' });
await copyFile(`${root}src/app/player.css`, `${root}dist/player.css`);

// Compressed once here, with more effort than a server could spend on a request.
for (const file of await readdir(`${root}dist`)) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  await writeFile(`${root}dist/${file}.br`, brotliCompressSync(await readFile(`${root}dist/${file}`), { params }));
}

import { build } from 'esbuild';

const root = new URL('.', import.meta.url).pathname;
const shared = { bundle: true, minify: true, target: 'es2020', legalComments: 'none', absWorkingDir: root };

await build({ ...shared, entryPoints: ['src/index.ts'], format: 'esm', outfile: 'dist/recount.mjs' });

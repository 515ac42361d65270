import { build } from 'esbuild';

const root = new URL('.', import.meta.url).pathname;

await build({
  bundle: true, minify: true, target: 'es2020', absWorkingDir: root,
  entryPoints: ['src/shop.ts'], format: 'iife', outfile: 'dist/shop.js',
});

import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { compress } from '../compress.mjs';
import { layout, pages } from './layout.mjs';

const at = path => new URL(path, import.meta.url);

await mkdir(at('dist/api/'), { recursive: true });
await Promise.all([
  build({
    absWorkingDir: decodeURIComponent(at('.').pathname), bundle: true, minify: true, target: 'es2022', format: 'iife',
    entryPoints: ['src/shop.ts', 'src/record.ts', 'src/shop.css'], outdir: 'dist',
  }),
  ...Object.entries(pages).map(async ([name, page]) =>
    writeFile(at(`dist/${name}.html`), layout(page, await readFile(at(`html/${name}.html`), 'utf8')))),
  copyFile(at('src/icon.svg'), at('dist/icon.svg')),
  copyFile(at('src/catalogue.json'), at('dist/api/products.json')),
  copyFile(at('src/slow.json'), at('dist/api/slow.json')),
]);
await compress(decodeURIComponent(at('dist').pathname));

import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { compress } from '../compress.mjs';
import { bundling } from './slim.mjs';

const shared = { absWorkingDir: fileURLToPath(new URL('.', import.meta.url)), ...bundling() };

await Promise.all([
  build({ ...shared, entryPoints: ['src/global.ts'], format: 'iife', outfile: 'dist/recount.js' }),
  build({ ...shared, entryPoints: ['src/index.ts'], format: 'esm', outfile: 'dist/recount.mjs' }),
  // Masking alone, for tests that mask an original document as the SDK does.
  build({ ...shared, entryPoints: ['src/privacy/index.ts'], format: 'iife', globalName: 'RecountPrivacy', outfile: 'dist/privacy.js' }),
]);
await compress(`${shared.absWorkingDir}dist`);

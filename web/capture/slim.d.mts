import type { Plugin } from 'esbuild';

export const slimRrweb: Plugin;

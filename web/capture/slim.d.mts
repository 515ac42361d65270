import type { BuildOptions, Plugin } from 'esbuild';

export const slimRrweb: Plugin;
export function bundling(): BuildOptions;

import { defineConfig } from 'vitest/config';

// One run for every workspace. A test that needs a DOM says so in its first line:
// "// @vitest-environment jsdom".
export default defineConfig({
  test: {
    include: ['*/test/**/*.test.ts'],
    environment: 'node',
    passWithNoTests: true,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});

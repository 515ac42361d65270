// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { World } from './harness';

let world: World;
beforeEach(() => { world = new World(); });
afterEach(() => world.close());

it.each([
  [true, 'dark'],
  [false, 'light'],
])('a page says whether its visitor prefers dark (%s)', async (matches, said) => {
  vi.stubGlobal('matchMedia', (query: string) => ({ matches: matches && query === '(prefers-color-scheme: dark)' }));
  await world.open();
  await world.pass(6_000);
  expect(world.kinds('page')[0]!.d.colorScheme).toBe(said);
});

it('a browser that cannot say so is recorded all the same', async () => {
  vi.stubGlobal('matchMedia', undefined);
  await world.open();
  await world.pass(6_000);
  expect(world.kinds('page')[0]!.d).not.toHaveProperty('colorScheme');
});

import type { Replayer } from '@rrweb/replay';

/**
 * What rrweb calls for one increment, and once for many at the end of a seek. They are private to its types; the
 * version is pinned, and a test with increments that make them throw fails when they are renamed.
 */
const STEPS = ['applyIncremental', 'applySelection', 'moveAndHover'] as const;

/** One increment that rrweb cannot apply must not stop those behind it: it is left out, and told. */
export function guardSteps(replayer: Replayer, failed: (error: unknown) => void): void {
  const steps = replayer as unknown as Record<(typeof STEPS)[number], (...values: unknown[]) => unknown>;
  for (const name of STEPS) {
    const step = steps[name].bind(replayer);
    steps[name] = (...values) => {
      try {
        return step(...values);
      } catch (error) {
        failed(error);
        return undefined;
      }
    };
  }
}

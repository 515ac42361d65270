import * as api from './index';

type Call = [keyof typeof api, ...unknown[]];

// The snippet leaves a queue in the global's place, so that calls made before this script has loaded are not lost.
const target = window as unknown as { Recount?: { q?: Call[] } };
const queued = target.Recount?.q ?? [];
target.Recount = { ...api } as object;
for (const [name, ...values] of queued) {
  const call = api[name] as unknown;
  if (typeof call === 'function') call(...values);
}

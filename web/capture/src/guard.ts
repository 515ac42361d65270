/** How often this SDK failed inside itself; shown by `Recount.internalFailures()`. */
export const failures = { count: 0 };

/** Runs the SDK's own code so that nothing it throws reaches the page it lives in. */
export function guard<A extends unknown[], R>(run: (...args: A) => R): (...args: A) => R | undefined {
  return (...args) => {
    try {
      const result = run(...args);
      if (result instanceof Promise) result.catch(() => failures.count++);
      return result;
    } catch {
      failures.count++;
      return undefined;
    }
  };
}

/** Adds a passive capturing listener that cannot throw; returns what removes it. */
export function listen(target: EventTarget, type: string, handler: (event: any) => void): () => void {
  const safe = guard(handler);
  const options = { capture: true, passive: true };
  target.addEventListener(type, safe, options);
  return () => target.removeEventListener(type, safe, options);
}

/** localStorage as JSON values under one prefix; null and no effect where the browser blocks it. */
export class LocalStore {
  constructor(private readonly prefix: string) {}

  read<T>(name: string): T | null {
    try {
      return JSON.parse(localStorage.getItem(this.prefix + name)!) as T | null;
    } catch {
      return null;
    }
  }

  write(name: string, value: unknown): void {
    try {
      if (value === null) localStorage.removeItem(this.prefix + name);
      else localStorage.setItem(this.prefix + name, JSON.stringify(value));
    } catch {
      // Blocked or full: what depends on it falls back to memory.
    }
  }
}

/** Runs under a Web Lock where there is one. With `ifFree` it does not wait: undefined when somebody holds it. */
export async function locked<T>(name: string, run: () => T | Promise<T>, ifFree = false): Promise<T | undefined> {
  const locks = navigator.locks;
  if (!locks) return run();
  return locks.request(name, { ifAvailable: ifFree }, async lock => (lock ? run() : undefined));
}

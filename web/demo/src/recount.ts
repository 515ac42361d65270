interface RecountApi {
  track(name: string, properties?: Record<string, unknown>): void;
  identify(id: string, traits?: Record<string, unknown>): void;
}

const api = () => (window as unknown as { Recount?: RecountApi }).Recount;

/** Counts something in Recount; without the recorder the shop works all the same. */
export const track = (name: string, properties?: Record<string, unknown>) => api()?.track(name, properties);

export const identify = (id: string, traits?: Record<string, unknown>) => api()?.identify(id, traits);

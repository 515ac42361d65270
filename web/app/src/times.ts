const units: ReadonlyArray<readonly [number, string]> = [
  [86_400_000, 'd'], [3_600_000, 'h'], [60_000, 'min'], [1_000, 's'],
];

/** Says how far a moment is from now, as the server's `<Time>` does. */
export function relative(at: number, now: number): string {
  const distance = Math.abs(now - at);
  const unit = units.find(([ms]) => distance >= ms);
  if (!unit) {
    return 'just now';
  }
  const text = `${Math.floor(distance / unit[0])} ${unit[1]}`;
  return at > now ? `in ${text}` : `${text} ago`;
}

/** Keeps relative times true while a page stays open. */
export function startTimes(): void {
  // Measured against the server's clock: the visitor's may be wrong by any amount.
  const rendered = Number(document.documentElement.dataset['now']);
  const opened = performance.now();
  setInterval(() => {
    const now = rendered + (performance.now() - opened);
    document.querySelectorAll<HTMLTimeElement>('time[data-relative]').forEach((element) => {
      element.textContent = relative(Date.parse(element.dateTime), now);
    });
  }, 15_000);
}

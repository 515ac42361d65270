/** Session time that runs with real time at a speed, or stands. */
export class RunClock {
  private base = 0;
  private since: number | null = null;
  private rate = 1;

  constructor(private readonly now: () => number = () => performance.now()) {}

  get t(): number {
    return this.since === null ? this.base : this.base + (this.now() - this.since) * this.rate;
  }

  get running(): boolean {
    return this.since !== null;
  }

  set(t: number): void {
    this.base = t;
    if (this.since !== null) this.since = this.now();
  }

  start(): void {
    this.since ??= this.now();
  }

  stop(): void {
    this.base = this.t;
    this.since = null;
  }

  setRate(rate: number): void {
    this.set(this.t);
    this.rate = rate;
  }
}

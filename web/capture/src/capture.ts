import type { Chunk } from './chunk';
import { clockFromNow, DriftWatch, PageClock } from './clock';
import { Delivery } from './delivery';
import { describePage } from './describe';
import { guard, listen } from './guard';
import { Limiter } from './limiter';
import { tighter, type Resolved } from './options';
import { Page, type Slot } from './page';
import { rootContext } from './privacy';
import { byPerson, entryBytes, eventType, Recorder, type RecordedEvent } from './recorder';
import { idleLimitMs, join, sessionLimitMs, touch } from './session';
import { defaults, fetchSettings, remembered, type Settings } from './settings';
import { Clicks, reactionMs } from './signals/click';
import { recordConsole } from './signals/console';
import { recordErrors } from './signals/errors';
import { recordNavigation } from './signals/navigation';
import type { Sink } from './signals/signal';
import { LocalStore, locked } from './storage';

/** One document's recording, from start to stop: page, recorder, signals and delivery tied together. */
export class Capture implements Sink {
  readonly #local: LocalStore;
  readonly #delivery: Delivery;
  readonly #limiter = new Limiter();
  readonly #clicks = new Clicks(this);
  #settings: Settings;
  #page: Page;
  #drift: DriftWatch;
  #recorder: Recorder | null = null;
  #leanness = 0;
  #lastActivity = 0;
  #touched = 0;
  #idle = false;
  #stopped = false;
  #timer: ReturnType<typeof setInterval> | undefined;
  #offs: (() => void)[] = [];
  context;

  constructor(private readonly options: Resolved, private readonly name: string, clock: PageClock) {
    this.#local = new LocalStore(`${name}:`);
    this.#settings = remembered(this.#local) ?? defaults;
    this.context = rootContext(this.#level, options.parameters);
    this.#page = new Page(clock, this.#level);
    this.#drift = new DriftWatch(clock);
    const lost = (chunk: Chunk, count: number) => this.#lost(chunk, count);
    this.#delivery = new Delivery(options, name, this.#local, {
      refused: lost, dropped: lost, closed: () => this.#pause(), tooLarge: (chunk, count) => { this.#leaner(); lost(chunk, count); },
    });
  }

  get #level() { return tighter(this.options.privacy, this.#settings.privacy); }

  /** The session's id, once it is known and while it is recorded. */
  get session(): string | null { return this.#stopped ? null : this.#page.place?.session ?? null; }

  now(): number { return this.#page.clock.now(); }

  start(): void {
    this.#record();
    this.#listen();
    this.#timer = setInterval(guard(() => this.#tick()), Math.min(1000, this.#settings.chunk_interval_ms));
    void this.#begin();
  }

  add(kind: string, data: unknown): Slot | undefined {
    if (this.#stopped || this.#idle) return undefined;
    if (!this.#limiter.admit(this.now())) {
      this.#page.lose(1);
      return undefined;
    }
    return this.#page.add(kind, data);
  }

  rewrite(slot: Slot, data: unknown): void { this.#page.rewrite(slot, data); }

  /** Ends the page and hands over what it holds; nothing is captured after. */
  stop(): void {
    if (this.#stopped) return;
    this.#endPage();
    this.#leave();
    this.#delivery.stopHelping();
  }

  /** Recording on, while no chunk of the key is taken, would only cost the page; what there is stays for better times. */
  #pause(): void {
    if (this.#stopped) return;
    if (!this.#idle) this.#page.add('gap', { reason: 'paused' });
    this.#endPage();
    this.#leave();
  }

  /**
   * Ends without handing anything over: recording was refused, declined or turned off.
   * @param all also deletes what earlier documents left, because nobody will take it or the person declined.
   */
  discard(all: boolean): void {
    this.#leave();
    this.#delivery.close();
    this.#delivery.forget(all);
  }

  #leave(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#recorder?.stop();
    this.#offs.splice(0).forEach(off => off());
  }

  #begin = guard(async () => {
    const url = `${this.options.host}/capture/v1/${this.options.key}/settings`;
    const known = remembered(this.#local);
    if (known) await this.#join();
    this.#apply(await fetchSettings(url, this.#local) ?? known ?? defaults);
    await this.#join();
    if (this.#stopped) return;
    this.#delivery.release();
    this.#cut();
    await this.#delivery.help(this.#settings.privacy);
  });

  /** What was captured at a looser level than the app allows never leaves. */
  #apply(settings: Settings): void {
    const before = this.#level;
    this.#settings = settings;
    if (!settings.recording) this.discard(false);
    else if (this.#level !== before && !this.#stopped) {
      const { place } = this.#page;
      this.context = rootContext(this.#level, this.options.parameters);
      this.#page = new Page(this.#page.clock, this.#level);
      if (place) this.#page.join(place, one => describePage(this.#page, one, this.context.allowed));
      this.#delivery.forget(false);
      this.#record();
    }
  }

  async #join(): Promise<void> {
    await locked(`${this.name}:session`, () => this.#joinNow());
  }

  #joinNow(): void {
    const page = this.#page;
    if (page.place || this.#stopped) return;
    const place = join(this.#local, Math.min(this.options.sample, this.#settings.sample));
    page.join(place, one => describePage(page, one, this.context.allowed));
    if (!place.sampled) this.discard(false);
  }

  #record(): void {
    this.#recorder?.stop();
    this.#recorder = new Recorder(this.#level, this.options.parameters, event => this.#take(event));
    this.#recorder.start(this.#leanness > 0);
  }

  /** Takes one masked rrweb event into the page. */
  #take(event: RecordedEvent): void {
    if (this.#stopped || this.#idle) return;
    const page = this.#page;
    if (event.type === eventType.incremental && byPerson.has(event.data.source)) this.#activity();
    // The next page has its own snapshot; this event speaks of nodes by the numbers of the last one.
    if (this.#page !== page) return;
    if (event.type === eventType.meta) {
      if (this.#page.begun) this.#cut();
      this.#page.beginSpan();
    }
    const slot = this.#page.add('rrweb', event);
    const bytes = slot.line.length;
    if (bytes > entryBytes) this.#refuseEntry(slot, bytes);
    this.#recorder?.note(event, bytes, this.now());
    if (event.type === eventType.incremental) this.#clicks.note(event.data.source);
    // A snapshot is the bulk of a page: on its way at once, it is not at the mercy of the unload.
    if (event.type === eventType.fullSnapshot || this.#page.bytes >= this.#settings.chunk_bytes) this.#cutSoon();
  }

  #refuseEntry(slot: Slot, bytes: number): void {
    this.#page.replace(slot, 'gap', { reason: 'entry_too_large', count: 1, bytes });
    this.#leaner();
  }

  /** The next snapshots leave out stylesheets; if that does not help, the page is recorded no further. */
  #leaner(): void {
    if (++this.#leanness > 1) this.#page.add('gap', { reason: 'limit_reached' });
    // Not from within rrweb's own call.
    setTimeout(guard(() => (this.#leanness > 1 ? this.#recorder?.stop() : this.#record())));
  }

  #lost(chunk: Chunk, count: number): void {
    if (chunk.page !== this.#page.id) return;
    this.#page.drop(count);
    this.#recorder?.want();
  }

  #cut(last = false): void {
    const page = this.#page;
    const chunk = page.cut(last);
    if (!chunk) return;
    this.#delivery.add(page, chunk);
    if (page.full && !last) setTimeout(guard(() => this.#carryOn(page)));
  }

  /** Goes on in a new page when this one is near its last seq. */
  #carryOn(page: Page): void {
    if (this.#page !== page || this.#stopped || this.#idle) return;
    this.#endPage();
    this.#nextPage(page);
  }

  /** Not within rrweb's own call, which is still part of the page's turn. */
  #cutSoon(): void {
    setTimeout(guard(() => this.#cut()));
  }

  #tick(): void {
    const now = this.now();
    this.#anchor();
    this.#clicks.tick();
    const lost = this.#limiter.tick(now);
    if (lost) this.#page.add('gap', lost);
    this.#recorder?.tick(now);
    const waited = now - this.#page.since - (this.#clicks.open ? reactionMs : 0);
    if (this.#page.waiting && waited >= this.#settings.chunk_interval_ms) {
      this.#touch();
      this.#cut();
    }
    if (!this.#idle && now - this.#lastActivity >= idleLimitMs) this.#rest();
  }

  /** Other documents see that somebody is here; what a page does by itself is no sign of that. */
  #touch(): void {
    if (!this.session || this.#touched === this.#lastActivity) return;
    this.#touched = this.#lastActivity;
    touch(this.#local, this.session);
  }

  #anchor(): void {
    const data = this.#drift.check();
    if (data && !this.#idle) this.#page.add('anchor', data);
  }

  /** A person did something: a session that rested or grew too old gives way to the next. */
  #activity = (): void => {
    const { place, clock } = this.#page;
    const old = !!place && place.age + clock.now() >= sessionLimitMs;
    if (this.#idle || old) {
      if (old) this.#endPage();
      this.#nextPage(null);
    }
    this.#lastActivity = this.now();
  };

  #rest(): void {
    this.#endPage();
    this.#recorder?.stop();
    this.#idle = true;
  }

  #nextPage(predecessor: Page | null): void {
    this.#idle = false;
    this.#page = new Page(clockFromNow(), this.#level, predecessor);
    this.#drift = new DriftWatch(this.#page.clock);
    this.#lastActivity = this.now();
    void guard(() => this.#join())();
    this.#record();
  }

  /** The page's last chunk carries the mark, so there has to be one. */
  #endPage(): void {
    if (this.#idle) return;
    this.#joinNow();
    this.#clicks.reacted();
    const lost = this.#limiter.tick(Infinity);
    if (lost) this.#page.add('gap', lost);
    if (!this.#page.waiting) this.#page.add('anchor', this.#drift.now());
    this.#cut(true);
    this.#delivery.flush(true);
  }

  #cutNow(): void {
    if (this.#idle || this.#stopped) return;
    this.#joinNow();
    this.#cut();
  }

  /** The document unloads. From the back-forward cache it may come back, and its page goes on. */
  #unload(persisted: boolean): void {
    if (persisted) this.#cutNow();
    else if (!this.#stopped) this.#endPage();
    this.#delivery.leave();
  }

  #listen(): void {
    const activity = () => this.#activity();
    // Also after the recording has ended: what is not delivered by then is still this document's.
    listen(window, 'pagehide', (event: PageTransitionEvent) => this.#unload(event.persisted));
    listen(window, 'pageshow', (event: PageTransitionEvent) => { if (event.persisted) { this.#delivery.comeBack(); this.#recorder?.snapshot(); } });
    this.#offs = [
      this.#clicks.start(), recordConsole(this), recordErrors(this), recordNavigation(this, () => this.#clicks.reacted()),
      listen(document, 'visibilitychange', () => { this.#anchor(); if (document.visibilityState === 'hidden') { this.#cutNow(); this.#delivery.flush(false); } }),
      ...['pointerdown', 'keydown', 'scroll', 'touchstart'].map(type => listen(window, type, activity)),
    ];
  }
}

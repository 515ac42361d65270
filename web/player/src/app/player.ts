import { SPEEDS, type Notice, type Status } from '../protocol';
import { INACTIVITY_MS } from '../model/activity';
import type { Manifest } from '../model/manifest';
import type { Mark } from '../model/marks';
import { Timeline } from '../model/timeline';
import { VerdictBook } from '../model/verdicts';
import { durationText } from '../model/words';
import { Address, askedTime } from './address';
import { Controls } from './controls';
import { EventsPanel } from './eventsPanel';
import { AFTER_ERROR_MS, Freshness } from './freshness';
import { listenToKeys } from './keyboard';
import { KeyHelp } from './keyHelp';
import { Overlay } from './overlay';
import { PageBar } from './pageBar';
import { fetchManifest, fetchToken, ServerError, type Addresses, type Given } from './server';
import { SessionMarks } from './sessionMarks';
import { loadSettings, saveSettings } from './settings';
import { StageLink } from './stageLink';
import { TimelineView } from './timelineView';

/** A jump shorter than this is not worth a remark, ms. */
const SKIP_TOLD_MS = 1_000;
/** While a seek is under way the next one waits, but no longer than this, ms. */
const SEEK_PATIENCE_MS = 300;
/** Before a marker that is gone to, ms, so that one sees it happen. */
const MARKER_LEAD_MS = 300;

/** The session page's player: shows what the stage tells, and tells the stage what the viewer wants. */
export class Player {
  private readonly settings = loadSettings();
  private readonly overlay = new Overlay(() => this.toggle());
  private readonly pageBar = new PageBar((page) => this.pin(page));
  private readonly line = new TimelineView((t) => this.seek(t));
  private readonly panel = new EventsPanel((mark) => this.goTo(mark));
  private readonly controls = new Controls({
    toggle: () => this.toggle(), step: (ms) => this.seek(this.t + ms), speed: (speed) => this.setSpeed(speed),
    skip: (on) => this.setSkip(on), live: () => this.stage.send({ type: 'follow', on: true }),
    fullscreen: () => this.fullscreen(), help: () => this.keyHelp.toggle(),
  });
  private readonly keyHelp = new KeyHelp();
  private readonly main: HTMLElement;
  private readonly stage: StageLink;
  private readonly greeted: Promise<void>;
  private readonly marks = new SessionMarks(() => this.listMarks());
  private readonly verdicts = new VerdictBook();
  private readonly address = new Address();
  private readonly freshness: Freshness;
  private manifest: Manifest | null = null;
  private timeline: Timeline | null = null;
  private t = 0;
  private toldAt = 0;
  private status: Status = 'waiting';
  private playing = false;
  private pinned: string | null = null;
  private seekNext: number | null = null;
  private seekSentAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly root: HTMLElement, private readonly addresses: Addresses) {
    this.freshness = new Freshness(addresses, {
      manifest: (manifest) => this.refresh(manifest), token: (token) => this.stage.send({ type: 'token', token }),
      trouble: (error) => this.overlay.trouble(error),
    });
    // The server wrote the stage's frame and what is around it: a frame that is moved would load again.
    this.main = root.querySelector<HTMLElement>('.rp-main')!;
    this.main.prepend(this.pageBar.element);
    this.main.querySelector('.rp-screen')!.append(this.overlay.element);
    this.main.append(this.line.element, this.controls.element);
    root.append(this.panel.element, this.keyHelp.element);
    let greet = (): void => {};
    this.greeted = new Promise((resolve) => { greet = resolve; });
    this.stage = new StageLink(root.querySelector<HTMLIFrameElement>('.rp-stage')!, (notice) => this.hear(notice, greet));
    this.controls.settings(this.settings.speed, this.settings.skipInactivity);
    listenToKeys({
      toggle: () => this.toggle(), step: (ms) => this.seek(this.t + ms), marker: (direction) => this.nextMarker(direction),
      faster: (direction) => this.faster(direction), fullscreen: () => this.fullscreen(),
      toggleSkip: () => this.setSkip(!this.settings.skipInactivity),
      home: () => this.seek(0), end: () => this.seek(this.timeline?.endMs ?? 0),
      help: () => this.keyHelp.toggle(), session: (which) => document.querySelector<HTMLAnchorElement>(`a[rel=${which}]`)?.click(),
    });
    requestAnimationFrame(() => this.animate());
  }

  /** Opens the session, with what came along with the page or else with what the server says now. */
  async open(given: Given | null): Promise<void> {
    try {
      const { manifest, token } = given ?? await this.fetchBoth();
      this.take(manifest);
      if (manifest.pages.length === 0) return;
      await this.greeted;
      const asked = askedTime();
      this.t = asked ?? (manifest.state === 'live' ? this.timeline!.endMs : 0);
      this.playing = asked === null && !matchMedia('(prefers-reduced-motion: reduce)').matches;
      this.stage.send({ type: 'open', manifest, token: token.token, t: this.t, playing: this.playing, ...this.stageSettings() });
      if (manifest.state === 'live' && asked === null) this.stage.send({ type: 'follow', on: true });
      this.freshness.renewBefore(token.expiresInMs);
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      this.overlay.failed(error);
      if (!error.signedOut) setTimeout(() => void this.open(null), AFTER_ERROR_MS);
    }
  }

  private async fetchBoth(): Promise<Given> {
    const [manifest, token] = await Promise.all([fetchManifest(this.addresses), fetchToken(this.addresses)]);
    return { manifest, token };
  }

  private stageSettings() {
    return { speed: this.settings.speed, skipInactivity: this.settings.skipInactivity };
  }

  private hear(notice: Notice, greet: () => void): void {
    switch (notice.type) {
      case 'hello':
        this.pageBar.checks(notice.checks);
        return greet();
      case 'state': return this.state(notice);
      case 'block': return this.marks.add(notice, this.manifest);
      case 'verdict':
        this.verdicts.add(notice.page, notice.address, notice.cause);
        return this.replan();
      case 'buffered': return this.line.buffered(notice.ranges);
      case 'skipped': return this.skipped(notice);
      case 'token_needed': return void this.freshness.renew();
    }
  }

  private state(notice: Extract<Notice, { type: 'state' }>): void {
    if (notice.status !== 'waiting') this.seekSentAt = Number.NEGATIVE_INFINITY;
    if (this.seekNext === null) this.t = notice.t;
    this.sendSeek();
    this.toldAt = performance.now();
    this.status = notice.status;
    if (notice.status !== 'waiting') this.playing = notice.status === 'playing';
    const place = this.timeline?.at(this.t, this.pinned) ?? null;
    this.overlay.state(notice, place, this.timeline, this.manifest?.state === 'live', this.playing);
    this.pageBar.show(this.timeline, place, this.t);
    this.controls.status(notice.status, this.playing);
    this.controls.liveness(this.manifest?.state === 'live', notice.follow);
    this.root.dataset.status = notice.status;
    if (!notice.follow) this.address.keep(this.t, notice.status !== 'playing');
    this.draw();
  }

  private listMarks(): void {
    const isKnown = (page: string, address: string): boolean => this.marks.has(page, address) || this.verdicts.has(page, address);
    const complete = this.manifest?.pages.every(({ page, blocks }) => blocks.every(({ address }) => isKnown(page, address)));
    this.panel.show(this.marks.list, complete ?? true);
    this.line.show(this.marks.list);
    this.line.activity(this.marks.counts);
  }

  private skipped(notice: Extract<Notice, { type: 'skipped' }>): void {
    if (notice.toMs - notice.fromMs < SKIP_TOLD_MS) return;
    const length = durationText(notice.toMs - notice.fromMs);
    this.controls.remark(notice.over === 'inactivity' ? `Skipped ${length} without activity` : `Skipped ${length} that cannot be shown`);
  }

  private take(manifest: Manifest): void {
    this.manifest = manifest;
    this.replan();
    if (manifest.pages.length === 0) this.overlay.empty(manifest.state);
    this.freshness.pollAfter(manifest);
  }

  private refresh(manifest: Manifest): void {
    const wasEmpty = this.manifest?.pages.length === 0;
    this.take(manifest);
    if (!wasEmpty) this.stage.send({ type: 'manifest', manifest });
    else if (manifest.pages.length > 0) void this.open(null);
  }

  private replan(): void {
    if (this.manifest === null) return;
    this.timeline = new Timeline(this.manifest, this.verdicts.of(this.manifest));
    this.line.plan(this.timeline);
    this.marks.tellSoon();
    this.draw();
  }

  private toggle(): void {
    this.stage.send({ type: this.playing ? 'pause' : 'play' });
  }

  private seek(t: number): void {
    this.t = Math.min(Math.max(0, t), this.timeline?.endMs ?? 0);
    this.toldAt = performance.now();
    this.seekNext = this.t;
    this.sendSeek();
    this.draw();
  }

  /** Dragging asks faster than a picture can be built: of the seeks that wait only the last is sent. */
  private sendSeek(): void {
    if (this.seekNext === null || performance.now() - this.seekSentAt < SEEK_PATIENCE_MS) return;
    this.stage.send({ type: 'seek', t: this.seekNext });
    this.seekNext = null;
    this.seekSentAt = performance.now();
  }

  private goTo(mark: Mark): void {
    const page = this.timeline?.at(mark.t)?.page.page;
    if (page !== mark.page) this.pin(mark.page);
    this.seek(mark.t - MARKER_LEAD_MS);
  }

  private pin(page: string | null): void {
    this.pinned = page;
    this.stage.send({ type: 'page', page });
  }

  private nextMarker(direction: 1 | -1): void {
    const next = this.marks.next(this.t + MARKER_LEAD_MS, direction, this.playing);
    if (next !== undefined) this.goTo(next);
  }

  private faster(direction: 1 | -1): void {
    const index = SPEEDS.indexOf(this.settings.speed as (typeof SPEEDS)[number]) + direction;
    const speed = SPEEDS[index];
    if (speed !== undefined) this.setSpeed(speed);
  }

  private setSpeed(speed: number): void {
    this.settings.speed = speed;
    this.stage.send({ type: 'speed', speed });
    this.controls.remark(`Speed ${speed}×`);
    this.settingsChanged();
  }

  private setSkip(on: boolean): void {
    this.settings.skipInactivity = on;
    this.stage.send({ type: 'skip', on });
    this.controls.remark(on ? `Stretches of over ${durationText(INACTIVITY_MS)} without activity are skipped` : 'Everything is played');
    this.settingsChanged();
  }

  private settingsChanged(): void {
    this.controls.settings(this.settings.speed, this.settings.skipInactivity);
    saveSettings(this.settings);
  }

  private fullscreen(): void {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void this.main.requestFullscreen().catch(() => this.controls.remark('This browser allows no full screen here'));
  }

  /** Between two messages of the stage the line moves on by itself. */
  private animate(): void {
    requestAnimationFrame(() => this.animate());
    this.sendSeek();
    if (this.status === 'playing') this.draw();
  }

  private draw(): void {
    const since = this.status === 'playing' && this.seekNext === null ? (performance.now() - this.toldAt) * this.settings.speed : 0;
    const endMs = this.timeline?.endMs ?? 0;
    const t = Math.min(endMs, this.t + since);
    this.line.move(t);
    this.panel.move(t);
    this.controls.move(t, endMs);
  }
}

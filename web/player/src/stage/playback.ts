import { MARKS_PER_NOTICE, type Command, type Notice, type Status } from '../protocol';
import { skipTarget, type BlockActivity } from '../model/activity';
import type { Block, GapCause, Manifest, Page } from '../model/manifest';
import type { Run } from '../model/spans';
import { Timeline, type Place } from '../model/timeline';
import { VerdictBook } from '../model/verdicts';
import { BlockError, BlockStore, DEFAULT_BUDGET_BYTES } from './blockStore';
import { Loader } from './loader';
import { activityAhead, bufferedRanges, countsPerSecond } from './coverage';
import { Reports } from './reports';
import { RunClock } from './runClock';
import type { Screen } from './screen';
import { SurfaceError } from './surface';

/** How far behind the end a live session is followed, ms: what arrives every second plays without stops. */
const FOLLOW_BEHIND_MS = 1_500;
/** A follower further behind than this jumps to the end, ms. */
const FOLLOW_LOST_MS = 6_000;
const STATE_EVERY_MS = 100;
const SKIP_CHECK_EVERY_MS = 250;

type Open = Extract<Command, { type: 'open' }>;

/** Plays one session: decides what shows when, has it loaded and drawn, and tells the session page. */
export class Playback {
  private readonly clock = new RunClock();
  private readonly verdicts = new VerdictBook();
  private readonly store: BlockStore;
  private readonly loader: Loader;
  private readonly reports: Reports;
  private manifest: Manifest;
  private timeline: Timeline;
  private place: Place | null = null;
  private token: string;
  private wanted: boolean;
  private status: Status = 'waiting';
  private drawn = false;
  private speed: number;
  private skip: boolean;
  private follow = false;
  private pinned: string | null = null;
  private reachable = true;
  private turn = 0;
  private toldAt = 0;
  private skipCheckedAt = 0;
  private bufferedDue: number | undefined;

  constructor(open: Open, private readonly screen: Screen, private readonly tell: (notice: Notice) => void) {
    this.manifest = open.manifest;
    this.timeline = new Timeline(open.manifest, new Map());
    this.token = open.token;
    this.wanted = open.playing;
    this.speed = open.speed;
    this.skip = open.skipInactivity;
    this.store = new BlockStore({
      base: `/replay/v1/sessions/${encodeURIComponent(open.manifest.session)}/pages`,
      token: open.token, budgetBytes: DEFAULT_BUDGET_BYTES,
      tokenRefused: () => this.tell({ type: 'token_needed' }),
      reachable: (is) => this.reached(is),
    });
    this.loader = new Loader(this.store, DEFAULT_BUDGET_BYTES, {
      read: (page, block, activity) => this.read(page, block, activity),
      changed: () => this.loaded(),
      failed: (error) => this.condemn(error.page, error.block, error.gap, error.message),
    });
    this.reports = new Reports('/replay/v1/reports', open.manifest.session, () => this.token);
    screen.leftOut = (run, block, error) => this.reports.send(run.page.page, block.address, 'damaged', `an entry was left out: ${error}`);
    this.clock.setRate(this.speed);
    this.clock.set(this.bounded(open.t));
    void this.show();
    requestAnimationFrame(() => this.frame());
  }

  take(command: Exclude<Command, Open>): void {
    switch (command.type) {
      case 'manifest': return this.update(command.manifest);
      case 'token': this.token = command.token; return this.store.renew(command.token);
      case 'play': return this.play();
      case 'pause': return this.pause();
      case 'seek': this.follow = false; return this.seek(command.t);
      case 'speed': return this.setSpeed(command.speed);
      case 'skip': this.skip = command.on; return;
      case 'follow': return this.setFollow(command.on);
      case 'page': this.pinned = command.page; void this.show(); return;
    }
  }

  /** rrweb failed on an entry while it was playing by itself. */
  pictureFailed(error: unknown): void {
    const run = this.screen.run;
    if (run !== null) this.condemn(run.page, this.screen.failedBlock()!, 'damaged', String(error));
  }

  /** A hidden tab draws nothing, so the time stands until it is seen again. */
  visible(is: boolean): void {
    if (is) void this.show();
    else if (this.status === 'playing') this.stand('waiting');
  }

  private play(): void {
    if (this.clock.t >= this.timeline.endMs && this.manifest.state !== 'live') this.clock.set(this.startMs());
    this.wanted = true;
    void this.show();
  }

  private pause(): void {
    this.wanted = false;
    this.follow = false;
    this.clock.stop();
    this.screen.pause();
    if (this.status !== 'waiting') this.become('paused');
  }

  private seek(t: number): void {
    this.clock.set(this.bounded(t));
    void this.show();
  }

  private setSpeed(speed: number): void {
    this.speed = speed;
    this.clock.setRate(speed);
    this.screen.setSpeed(speed);
  }

  private setFollow(on: boolean): void {
    this.follow = on;
    if (!on) return;
    this.wanted = true;
    this.seek(this.timeline.endMs - FOLLOW_BEHIND_MS);
  }

  private update(manifest: Manifest): void {
    if (manifest.session !== this.manifest.session) return;
    this.manifest = manifest;
    this.replan();
    if (this.follow && this.timeline.endMs - this.clock.t > FOLLOW_LOST_MS) this.clock.set(this.timeline.endMs - FOLLOW_BEHIND_MS);
    void this.show();
  }

  private replan(): void {
    this.timeline = new Timeline(this.manifest, this.verdicts.of(this.manifest));
    this.screen.continueWith((run) => this.timeline.run(run.page.page, run.firstSeq));
  }

  /** Brings the picture to the clock's time. A later call takes over from one under way. */
  private async show(): Promise<void> {
    const turn = ++this.turn;
    for (;;) {
      const t = this.clock.t;
      const place = this.timeline.at(t, this.pinned);
      this.place = place;
      if (place === null || place.span.kind === 'blank') {
        if (place !== null && this.jumpOver(place)) continue;
        this.drawn = false;
        break;
      }
      const outcome = await this.draw(place.span, t, turn);
      if (turn !== this.turn) return;
      if (outcome === 'again') continue;
      this.drawn = true;
      break;
    }
    this.settle();
    this.tellBufferedSoon();
    this.loader.ahead(this.timeline, this.clock.t);
  }

  /** While playing, what cannot be shown is jumped over, unless nothing follows it. */
  private jumpOver(place: Place): boolean {
    if (!this.wanted || place.untilMs >= this.timeline.endMs) return false;
    this.tell({ type: 'skipped', over: 'blank', fromMs: this.clock.t, toMs: place.untilMs });
    this.clock.set(place.untilMs);
    return true;
  }

  private async draw(run: Run, t: number, turn: number): Promise<'drawn' | 'again'> {
    const target = Math.min(t, run.endMs);
    if (!this.screen.isReady(run, target)) {
      this.clock.stop();
      this.screen.pause();
      this.become('waiting');
    }
    try {
      await this.screen.draw(run, target, this.loader, () => turn === this.turn);
      return 'drawn';
    } catch (error) {
      if (error instanceof BlockError) this.condemn(error.page, error.block, error.gap, error.message, false);
      else if (error instanceof SurfaceError) this.condemn(run.page, error.block, 'damaged', String(error.cause), false);
      else throw error;
      return 'again';
    }
  }

  private settle(): void {
    const atEnd = this.clock.t >= this.timeline.endMs || (!this.drawn && (this.place?.untilMs ?? Infinity) >= this.timeline.endMs);
    if (!this.wanted) return this.stand('paused');
    if (atEnd) {
      if (this.manifest.state === 'live') return this.stand('waiting');
      this.wanted = false;
      return this.stand('ended');
    }
    if (!this.place!.held) this.screen.play(this.clock.t, this.speed);
    this.clock.start();
    this.become('playing');
    this.topUp();
  }

  private stand(status: Status): void {
    this.clock.stop();
    this.screen.pause();
    this.become(status);
  }

  private frame(): void {
    requestAnimationFrame(() => this.frame());
    if (this.status !== 'playing' || this.place === null) return;
    const t = this.clock.t;
    const limit = Math.min(this.place.untilMs, this.timeline.endMs);
    if (t >= limit) {
      this.clock.set(limit);
      void this.show();
    } else if (!this.place.held && t >= this.screen.knownUntilMs) {
      void this.show();
    } else if (this.skip && !this.follow) {
      this.skipInactivity(t);
    }
    if (performance.now() - this.toldAt >= STATE_EVERY_MS) this.tellState();
  }

  private skipInactivity(t: number): void {
    const now = performance.now();
    if (now - this.skipCheckedAt < SKIP_CHECK_EVERY_MS || this.place === null) return;
    this.skipCheckedAt = now;
    const { interactions, untilMs } = activityAhead(this.timeline, this.place, t, this.loader);
    const target = skipTarget(interactions, t, Math.min(untilMs, this.timeline.endMs));
    if (target === null) return;
    this.tell({ type: 'skipped', over: 'inactivity', fromMs: t, toMs: target });
    this.seek(target);
  }

  /** New content: the run that plays takes what follows before it runs out. */
  private loaded(): void {
    this.tellBufferedSoon();
    if (this.status === 'playing') this.topUp();
  }

  /** Blocks come faster than their ranges can be merged and drawn. */
  private tellBufferedSoon(): void {
    this.bufferedDue ??= window.setTimeout(() => {
      this.bufferedDue = undefined;
      this.tell({ type: 'buffered', ranges: bufferedRanges(this.timeline, this.store) });
    }, STATE_EVERY_MS);
  }

  private topUp(): void {
    try {
      this.screen.topUp(this.store);
    } catch (error) {
      if (!(error instanceof BlockError)) throw error;
      this.condemn(error.page, error.block, error.gap, error.message);
    }
  }

  private read(page: Page, block: Block, activity: BlockActivity): void {
    this.tell({
      type: 'block', page: page.page, address: block.address, fromMs: activity.fromMs, toMs: activity.toMs,
      marks: activity.marks.slice(0, MARKS_PER_NOTICE), counts: countsPerSecond(activity.times),
    });
  }

  private condemn(page: Page, block: Block, cause: GapCause, detail: string, showAgain = true): void {
    if (!this.verdicts.add(page.page, block.address, cause)) return;
    this.reports.send(page.page, block.address, cause, detail);
    this.tell({ type: 'verdict', page: page.page, address: block.address, cause });
    this.replan();
    if (showAgain) void this.show();
  }

  private reached(is: boolean): void {
    if (is === this.reachable) return;
    this.reachable = is;
    this.tellState();
  }

  private become(status: Status): void {
    this.status = status;
    this.tellState();
  }

  private tellState(): void {
    this.toldAt = performance.now();
    this.tell({
      type: 'state', t: this.clock.t, status: this.status, page: this.place?.page.page ?? null, drawn: this.drawn,
      follow: this.follow, reachable: this.reachable,
    });
  }

  private bounded(t: number): number {
    return Math.min(Math.max(t, this.startMs()), Math.max(this.timeline.endMs, this.startMs()));
  }

  private startMs(): number {
    return Math.min(0, this.timeline.tracks[0]?.page.start_ms ?? 0);
  }
}

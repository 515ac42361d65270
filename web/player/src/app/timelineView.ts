import type { Mark } from '../model/marks';
import type { Blank } from '../model/spans';
import type { Timeline } from '../model/timeline';
import { causeInWords, clockText, durationText, pageName, spokenTime } from '../model/words';
import { el, svg } from './dom';

const SPARK_COLUMNS = 300;
/** Markers nearer than this share of the line are drawn as one. */
const MARKER_GRAIN = 1 / 400;

/** The line under the stage: pages, activity, markers, what is missing, what is loaded, and where one is. */
export class TimelineView {
  readonly element: HTMLElement;
  private readonly bands = el('div', { class: 'rp-bands' });
  private readonly spark = svg('svg', { class: 'rp-spark', viewBox: `0 0 ${SPARK_COLUMNS} 100`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  private readonly gaps = el('div', { class: 'rp-gaps' });
  private readonly markers = el('div', { class: 'rp-markers' });
  private readonly buffer = el('div', { class: 'rp-buffer' });
  private readonly head = el('div', { class: 'rp-head' });
  private readonly tip = el('div', { class: 'rp-tip', hidden: true });
  private timeline: Timeline | null = null;
  private marks: readonly Mark[] = [];
  private t = 0;

  constructor(private readonly seek: (t: number, page: string | null) => void) {
    this.element = el('div', {
      class: 'rp-timeline', role: 'slider', tabindex: '0', 'aria-label': 'Position in the session', 'aria-valuemin': '0',
    }, this.bands, this.spark, this.gaps, this.markers, this.buffer, this.head, this.tip);
    this.listen();
  }

  /** Draws the session's plan anew: its pages and what is missing of them. */
  plan(timeline: Timeline): void {
    this.timeline = timeline;
    this.element.setAttribute('aria-valuemax', String(Math.round(timeline.endMs)));
    this.bands.replaceChildren(...timeline.tracks.map(({ page, fromMs }, index) => {
      const band = el('div', { class: `rp-band rp-band-${index % 2}` }, pageName(page));
      return this.placed(band, fromMs, page.end_ms);
    }));
    this.gaps.replaceChildren(...this.hatched(timeline));
    this.move(this.t);
  }

  activity(counts: ReadonlyMap<number, number>): void {
    const columns = new Array<number>(SPARK_COLUMNS).fill(0);
    for (const [second, count] of counts) {
      const column = Math.min(SPARK_COLUMNS - 1, Math.max(0, Math.floor(this.share(second * 1000) * SPARK_COLUMNS)));
      columns[column]! += count;
    }
    // A root keeps quiet stretches visible beside a burst.
    const most = Math.sqrt(Math.max(1, ...columns));
    const d = columns.map((count, x) => `L${x} ${(100 - (Math.sqrt(count) / most) * 92).toFixed(1)} H${x + 1}`).join(' ');
    this.spark.replaceChildren(svg('path', { d: `M0 100 ${d} V100 Z` }));
  }

  show(marks: readonly Mark[]): void {
    this.marks = marks;
    const last = new Map<string, number>();
    const shown = marks.filter((mark) => {
      if (mark.kind === 'page' || mark.kind === 'console' && !mark.alarming) return false;
      const share = this.share(mark.t);
      if (share - (last.get(mark.kind) ?? -1) < MARKER_GRAIN) return false;
      last.set(mark.kind, share);
      return true;
    });
    this.markers.replaceChildren(...shown.map((mark) => {
      const marker = el('i', { class: `rp-marker rp-${mark.alarming ? 'error' : mark.kind}` });
      marker.style.left = `${this.share(mark.t) * 100}%`;
      return marker;
    }));
  }

  buffered(ranges: readonly [number, number][]): void {
    this.buffer.replaceChildren(...ranges.map(([from, to]) => this.placed(el('i'), from, to)));
  }

  move(t: number): void {
    this.t = t;
    this.head.style.left = `${this.share(t) * 100}%`;
    const page = this.timeline?.at(t)?.page;
    this.element.setAttribute('aria-valuenow', String(Math.round(t)));
    this.element.setAttribute('aria-valuetext',
      `${spokenTime(t)} of ${spokenTime(this.timeline?.endMs ?? 0)}${page ? `, ${pageName(page)}` : ''}`);
  }

  /** What cannot be shown: amber where something is missing, grey while the next full picture is awaited. */
  private hatched(timeline: Timeline): HTMLElement[] {
    const elements: HTMLElement[] = [];
    const add = (name: string, from: number, to: number): void => {
      if (to > from) elements.push(this.placed(el('div', { class: name }), from, to));
    };
    for (const { fromMs, place } of timeline.places()) {
      if (place.span.kind !== 'blank' || place.held) continue;
      const to = Math.min(place.untilMs, timeline.endMs);
      const missing = Math.min(to, Math.max(fromMs, place.span.missingEndMs));
      add('rp-gap', fromMs, missing);
      add('rp-gap rp-gap-after', missing, to);
    }
    return elements;
  }

  private placed<T extends HTMLElement>(element: T, fromMs: number, toMs: number): T {
    const from = this.share(fromMs);
    element.style.left = `${from * 100}%`;
    element.style.width = `${Math.max(0, this.share(toMs) - from) * 100}%`;
    return element;
  }

  /** Where a time lies on the line, 0 to 1. */
  private share(t: number): number {
    const [start, end] = this.range();
    return Math.min(1, Math.max(0, (t - start) / (end - start)));
  }

  private range(): [number, number] {
    const start = Math.min(0, this.timeline?.tracks[0]?.page.start_ms ?? 0);
    return [start, Math.max(start + 1, this.timeline?.endMs ?? 1)];
  }

  private timeAt(event: PointerEvent): number {
    const box = this.element.getBoundingClientRect();
    const [start, end] = this.range();
    return start + Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * (end - start);
  }

  private listen(): void {
    this.element.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      this.element.setPointerCapture(event.pointerId);
      this.seekTo(event);
    });
    this.element.addEventListener('pointermove', (event) => {
      if (event.buttons === 1 && this.element.hasPointerCapture(event.pointerId)) this.seekTo(event);
      this.hover(event);
    });
    this.element.addEventListener('pointerleave', () => { this.tip.hidden = true; });
  }

  private seekTo(event: PointerEvent): void {
    const t = this.timeAt(event);
    this.move(t);
    this.seek(t, null);
  }

  private hover(event: PointerEvent): void {
    const t = this.timeAt(event);
    const place = this.timeline?.at(t);
    const lines = [clockText(t)];
    if (place) {
      lines.push(...new Set([pageName(place.page), place.page.url]));
      if (place.held) lines.push('No page was open');
      else if (place.span.kind === 'blank') lines.push(blankInWords(place.span));
    }
    const near = this.nearest(t);
    if (near !== null) lines.push(near.text);
    this.tip.replaceChildren(...lines.map((line, index) => el('div', { class: index === 0 ? 'rp-tip-time' : '' }, line)));
    this.tip.hidden = false;
    const width = this.element.clientWidth;
    const half = this.tip.offsetWidth / 2;
    this.tip.style.left = `${Math.min(width - half, Math.max(half, this.share(t) * width))}px`;
  }

  private nearest(t: number): Mark | null {
    const [start, end] = this.range();
    const reach = ((end - start) * 4) / Math.max(1, this.element.clientWidth);
    let best: Mark | null = null;
    for (const mark of this.marks) {
      const distance = Math.abs(mark.t - t);
      if (distance <= reach && (best === null || distance < Math.abs(best.t - t))) best = mark;
    }
    return best;
  }
}

/** What is missing, how long, and when the picture comes back. */
export function blankInWords(blank: Blank): string {
  const words = causeInWords(blank.cause, blank.reason);
  const ms = blank.endMs - blank.startMs;
  return blank.cause === 'nothing_yet' || ms < 1000 ? words : `${words} (${durationText(ms)})`;
}

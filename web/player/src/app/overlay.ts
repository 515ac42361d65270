import type { Notice } from '../protocol';
import type { SessionState } from '../model/manifest';
import type { Place } from '../model/timeline';
import { clockText } from '../model/words';
import { el } from './dom';
import { blankInWords } from './timelineView';

/** Waiting is shown only when it lasts, ms; a seek is faster than this. */
const WAIT_SHOWN_AFTER_MS = 200;

/** What lies over the stage: a card in words when there is no picture, and a click that plays or pauses. */
export class Overlay {
  readonly element: HTMLElement;
  private readonly title = el('strong', {});
  private readonly text = el('p', {});
  private readonly card = el('div', { class: 'rp-card', role: 'status', hidden: true }, this.title, this.text);
  private readonly wait = el('div', { class: 'rp-wait', hidden: true }, el('span', { class: 'rp-spinner' }), 'Loading');
  private waitDue: number | null = null;

  constructor(clicked: () => void) {
    this.element = el('div', { class: 'rp-overlay' }, this.card, this.wait);
    this.element.addEventListener('click', clicked);
    this.waiting(true);
  }

  state(notice: Extract<Notice, { type: 'state' }>, place: Place | null, live: boolean, playing: boolean): void {
    this.waiting(notice.status === 'waiting' && !(live && notice.follow && notice.drawn));
    if (!notice.reachable) {
      this.say('Recount cannot be reached', 'Nothing is lost. The player goes on by itself as soon as there is an answer.');
    } else if (!notice.drawn && notice.status !== 'waiting' && place?.span.kind === 'blank') {
      const { span } = place;
      const later = Number.isFinite(place.untilMs) && place.untilMs > notice.t;
      this.say(blankInWords(span), later ? `The picture returns at ${clockText(place.untilMs)}.` : this.nothingFollows(live));
    } else {
      this.card.hidden = true;
    }
    this.element.classList.toggle('rp-playing', playing);
    this.element.classList.toggle('rp-undrawn', !this.card.hidden);
  }

  empty(state: SessionState): void {
    this.waiting(false);
    this.say('Nothing of this session has arrived yet', state === 'live'
      ? 'It is being recorded now. What arrives shows here by itself.'
      : 'Its first part was announced, but no page of it is known.');
  }

  failed(words: string): void {
    this.waiting(false);
    this.say('This session cannot be shown now', words);
  }

  private nothingFollows(live: boolean): string {
    return live ? 'What arrives next shows here by itself.' : 'Nothing of this page follows that could be shown.';
  }

  private say(title: string, text: string): void {
    this.title.textContent = title;
    this.text.textContent = text;
    this.card.hidden = false;
    this.element.classList.add('rp-undrawn');
  }

  private waiting(is: boolean): void {
    if (!is) {
      if (this.waitDue !== null) clearTimeout(this.waitDue);
      this.waitDue = null;
      this.wait.hidden = true;
    } else {
      this.waitDue ??= window.setTimeout(() => { this.wait.hidden = false; }, WAIT_SHOWN_AFTER_MS);
    }
  }
}

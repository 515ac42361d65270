import type { Notice } from '../protocol';
import type { SessionState } from '../model/manifest';
import type { Place, Timeline } from '../model/timeline';
import { clockText } from '../model/words';
import { el } from './dom';
import type { ServerError } from './server';
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
  private readonly strip = el('div', { class: 'rp-trouble', role: 'alert', hidden: true });
  private told: string | undefined;
  private waitDue: number | null = null;

  constructor(clicked: () => void) {
    this.element = el('div', { class: 'rp-overlay' }, this.card, this.wait, this.strip);
    this.element.addEventListener('click', clicked);
    this.strip.addEventListener('click', (event) => event.stopPropagation());
    this.waiting(true);
  }

  state(notice: Extract<Notice, { type: 'state' }>, place: Place | null, timeline: Timeline | null, live: boolean,
    playing: boolean): void {
    this.waiting(notice.status === 'waiting' && !(live && notice.follow && notice.drawn));
    if (!notice.reachable) {
      this.say('Recount cannot be reached', 'Nothing is lost. The player goes on by itself as soon as there is an answer.');
    } else if (!notice.drawn && notice.status !== 'waiting' && place?.span.kind === 'blank') {
      const { span } = place;
      const returns = timeline === null ? null : pictureAfter(timeline, notice.t);
      this.say(blankInWords(span), returns === null ? this.nothingFollows(live) : `The picture returns at ${clockText(returns)}.`);
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

  /** Nothing can be shown: the session could not be opened. */
  failed(error: ServerError): void {
    this.waiting(false);
    this.say(error.signedOut ? 'You are signed out' : 'This session cannot be shown now',
      ...(error.signedOut ? [signIn(), ' to watch this session.'] : [error.message]));
  }

  /** The server does not help any more; it stays said until it does. What is loaded plays on below. */
  trouble(error: ServerError | null): void {
    if (error?.message === this.told) return;
    this.told = error?.message;
    this.strip.hidden = error === null;
    this.strip.replaceChildren(...(error === null ? [] : [error.message, ...(error.signedOut ? [signIn()] : [])]));
  }

  private nothingFollows(live: boolean): string {
    return live ? 'What arrives next shows here by itself.' : 'Nothing follows that could be shown.';
  }

  private say(title: string, ...text: (Node | string)[]): void {
    this.title.textContent = title;
    this.text.replaceChildren(...text);
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

/** Leads back to the moment that was watched: the address holds it. */
function signIn(): HTMLElement {
  const link = el('a', { href: '/login' }, 'Sign in again');
  link.addEventListener('click', () => { link.href = `/login?return=${encodeURIComponent(location.pathname + location.search)}`; });
  return link;
}

/** When there is a picture again after `t`; null when there is none. */
function pictureAfter(timeline: Timeline, t: number): number | null {
  for (let place = timeline.at(t); place !== null && place.untilMs < timeline.endMs; place = timeline.at(place.untilMs)) {
    const next = timeline.at(place.untilMs);
    if (next?.span.kind === 'run') return place.untilMs;
  }
  return null;
}

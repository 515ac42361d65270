import { MARK_KINDS, type Mark, type MarkKind } from '../model/marks';
import { clockText } from '../model/words';
import { el, icon } from './dom';

/** Most lines in the document at once; more would make the page slow, and the filter finds them. */
const LINE_LIMIT = 2_000;
const RENDER_EVERY_MS = 250;

const NAMES: Record<MarkKind, [one: string, many: string]> = {
  page: ['Page', 'Pages'], click: ['Click', 'Clicks'], navigation: ['Navigation', 'Navigation'], error: ['Error', 'Errors'],
  console: ['Console', 'Console'], event: ['Event', 'Events'], identify: ['Person', 'Persons'], gap: ['Gap', 'Gaps'],
};

/** What happened, line by line; each line jumps there. */
export class EventsPanel {
  readonly element: HTMLElement;
  private readonly list = el('ol', { class: 'rp-lines' });
  private readonly note = el('p', { class: 'rp-empty' });
  private readonly filter: HTMLSelectElement;
  private readonly count = el('span', { class: 'rp-count' });
  private all: readonly Mark[] = [];
  private shown: Mark[] = [];
  private complete = false;
  private current = -1;
  private t = 0;
  private due: number | null = null;

  constructor(private readonly jump: (mark: Mark) => void) {
    this.filter = el('select', { class: 'rp-filter', 'aria-label': 'Which events to list' },
      el('option', { value: '' }, 'Everything'), ...MARK_KINDS.map((kind) => el('option', { value: kind }, NAMES[kind][1])));
    this.filter.addEventListener('change', () => this.render());
    this.element = el('section', { class: 'rp-panel', 'aria-label': 'Events' },
      el('header', { class: 'rp-panel-head' }, el('h2', {}, 'Events'), this.count, this.filter), this.note, this.list);
    this.render();
  }

  /** Shows these marks, which are in order of time. `complete` when every block has been read. */
  show(marks: readonly Mark[], complete: boolean): void {
    this.all = marks;
    this.complete = complete;
    this.due ??= window.setTimeout(() => {
      this.due = null;
      this.render();
    }, RENDER_EVERY_MS);
  }

  /** Highlights the last line at or before `t`. */
  move(t: number): void {
    this.t = t;
    let low = 0;
    let high = this.shown.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.shown[middle]!.t <= t) low = middle + 1;
      else high = middle;
    }
    if (low - 1 === this.current) return;
    this.list.children[this.current]?.removeAttribute('aria-current');
    this.current = low - 1;
    const line = this.list.children[this.current];
    line?.setAttribute('aria-current', 'true');
    if (line instanceof HTMLElement && !this.element.matches(':hover, :focus-within')) this.reveal(line);
  }

  /** Scrolls the list alone; scrollIntoView would move the page as well. */
  private reveal(line: HTMLElement): void {
    const top = line.offsetTop;
    if (top < this.list.scrollTop || top + line.offsetHeight > this.list.scrollTop + this.list.clientHeight) {
      this.list.scrollTop = top - this.list.clientHeight / 2;
    }
  }

  private render(): void {
    const kind = this.filter.value;
    const matching = kind === '' ? this.all : this.all.filter((mark) => mark.kind === kind);
    this.shown = matching.slice(0, LINE_LIMIT);
    this.count.textContent = matching.length.toLocaleString();
    this.list.replaceChildren(...this.shown.map((mark) => this.line(mark)));
    this.note.hidden = this.shown.length > 0 && matching.length <= LINE_LIMIT;
    this.note.textContent = this.words(matching.length);
    this.current = -1;
    this.move(this.t);
  }

  private words(count: number): string {
    if (count > LINE_LIMIT) return `The first ${LINE_LIMIT.toLocaleString()} are listed.`;
    if (!this.complete) return 'Nothing read yet.';
    return this.filter.value === '' ? 'There is nothing to list in what could be read.' : 'There is none in this session.';
  }

  private line(mark: Mark): HTMLElement {
    const name = NAMES[mark.kind][0];
    const line = el('button', { type: 'button', class: mark.alarming ? 'rp-line rp-alarming' : 'rp-line', title: mark.text },
      el('span', { class: `rp-kind rp-${mark.kind}`, role: 'img', 'aria-label': name }, icon(mark.kind)),
      el('span', { class: 'rp-text' }, mark.text),
      el('time', {}, clockText(mark.t)));
    line.addEventListener('click', () => this.jump(mark));
    return el('li', {}, line);
  }
}

import type { Page } from '../model/manifest';
import type { Place, Timeline } from '../model/timeline';
import { durationText, pageName } from '../model/words';
import { el } from './dom';

/** Above the stage: which page shows, which others were open then, and how far its time can be trusted. */
export class PageBar {
  readonly element: HTMLElement;
  private readonly title = el('strong', { class: 'rp-page-title' });
  private readonly address = el('span', { class: 'rp-page-address' });
  private readonly others = el('span', { class: 'rp-others' });
  private readonly quality = el('span', { class: 'rp-badge', hidden: true });
  private readonly check = el('span', { class: 'rp-badge', hidden: true }, 'Checked by the server');
  private shown = '';

  constructor(private readonly choose: (page: string) => void) {
    this.check.title = 'This page was not opened over a secure connection, so the browser cannot check hashes itself.';
    this.element = el('div', { class: 'rp-pagebar' }, this.title, this.address, this.others, this.quality, this.check);
  }

  checks(byBrowser: boolean): void {
    this.check.hidden = byBrowser;
  }

  show(timeline: Timeline | null, place: Place | null, t: number): void {
    const page = place?.page ?? null;
    const open = (timeline?.openAt(t) ?? []).map((track) => track.page).filter((other) => other !== page);
    const key = [page, ...open].map((it) => it?.page).join();
    if (key === this.shown) return;
    this.shown = key;
    this.title.textContent = page === null ? '' : pageName(page);
    this.address.textContent = page?.url ?? '';
    this.address.title = page?.url ?? '';
    this.others.replaceChildren(...(open.length === 0 ? [] : ['Also open: ', ...open.map((it) => this.other(it))]));
    this.showQuality(page);
  }

  private other(page: Page): HTMLElement {
    const button = el('button', { type: 'button', class: 'rp-other', title: `Show ${page.url}` }, pageName(page));
    button.addEventListener('click', () => this.choose(page.page));
    return button;
  }

  private showQuality(page: Page | null): void {
    this.quality.hidden = page === null || page.quality === 'exact';
    this.quality.textContent = page?.quality === 'unknown' ? 'Time unknown' : 'Time estimated';
    this.quality.title = page?.quality === 'unknown'
      ? 'When this page was open cannot be said; the order of what happened on it is right.'
      : `When this page was open is known to within ${durationText(page?.error_ms ?? 0)}.`;
  }
}

import { button, el } from './dom';

/** What `listenToKeys` listens to, in words. */
const KEYS: readonly (readonly [keys: readonly string[], words: string])[] = [
  [['Space'], 'Play or pause'],
  [['←', '→'], '5 seconds back or forward'],
  [['Shift ←', 'Shift →'], 'Previous or next marker'],
  [['[', ']'], 'Slower or faster'],
  [['Home', 'End'], 'Beginning or end'],
  [['i'], 'Skip inactivity, or play everything'],
  [['f'], 'Full screen'],
  [['n', 'p'], 'Older or newer session'],
  [['g', 's'], 'To the list of sessions'],
  [['?'], 'These keys'],
];

/** The list of keys, over the page until it is closed. */
export class KeyHelp {
  readonly element: HTMLDialogElement;

  constructor() {
    const rows = KEYS.map(([keys, words]) => el('tr', {},
      el('th', { scope: 'row' }, ...keys.map((key) => el('kbd', {}, key))), el('td', {}, words)));
    this.element = el('dialog', { class: 'rp-keys', 'aria-labelledby': 'rp-keys-title' },
      el('h2', { id: 'rp-keys-title' }, 'Keys'), el('table', {}, el('tbody', {}, ...rows)),
      button('Close', 'Esc', 'Close', () => this.element.close()));
  }

  toggle(): void {
    if (this.element.open) this.element.close();
    else this.element.showModal();
  }
}

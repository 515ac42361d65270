import { SPEEDS, type Status } from '../protocol';
import { clockText } from '../model/words';
import { button, el, icon } from './dom';

export interface ControlActions {
  toggle(): void;
  step(ms: number): void;
  speed(speed: number): void;
  skip(on: boolean): void;
  live(): void;
  fullscreen(): void;
  help(): void;
}

/** The row of buttons under the time line. */
export class Controls {
  readonly element: HTMLElement;
  private readonly toggle: HTMLButtonElement;
  private readonly time = el('span', { class: 'rp-time' });
  private readonly speed: HTMLSelectElement;
  private readonly skip: HTMLButtonElement;
  private readonly live: HTMLButtonElement;
  private readonly note = el('span', { class: 'rp-note', role: 'status' });
  private noteUntil = 0;

  constructor(actions: ControlActions) {
    this.toggle = button('Play', 'space', icon('play'), () => actions.toggle());
    this.toggle.classList.add('rp-primary');
    this.speed = el('select', { class: 'rp-speed', 'aria-label': 'Speed', title: 'Speed ([ slower, ] faster)' },
      ...SPEEDS.map((speed) => el('option', { value: String(speed) }, `${speed}×`)));
    this.speed.addEventListener('change', () => actions.speed(Number(this.speed.value)));
    this.skip = button('Skip inactivity', 'i', 'Skip inactivity', () => actions.skip(this.skip.getAttribute('aria-pressed') !== 'true'));
    this.skip.classList.add('rp-toggle');
    this.live = button('Follow live', '', el('span', {}, el('i', { class: 'rp-live-dot' }), 'Live'), () => actions.live());
    this.live.classList.add('rp-live');
    this.live.hidden = true;
    this.element = el('div', { class: 'rp-controls', role: 'group', 'aria-label': 'Playback' },
      button('Back 5 seconds', '←', '−5 s', () => actions.step(-5_000)), this.toggle,
      button('Forward 5 seconds', '→', '+5 s', () => actions.step(5_000)),
      this.time, this.live, this.note, this.skip, this.speed,
      button('Full screen', 'f', icon('fullscreen'), () => actions.fullscreen()),
      button('Keys', '?', '?', () => actions.help()));
  }

  status(status: Status, playing: boolean): void {
    const [label, name] = status === 'ended' ? ['Play again', 'again'] as const
      : playing ? ['Pause', 'pause'] as const : ['Play', 'play'] as const;
    if (this.toggle.getAttribute('aria-label') === label) return;
    this.toggle.setAttribute('aria-label', label);
    this.toggle.title = `${label} (space)`;
    this.toggle.replaceChildren(icon(name));
  }

  move(t: number, endMs: number): void {
    this.time.textContent = `${clockText(t)} / ${clockText(endMs)}`;
  }

  settings(speed: number, skipInactivity: boolean): void {
    this.speed.value = String(speed);
    this.skip.setAttribute('aria-pressed', String(skipInactivity));
  }

  liveness(isLive: boolean, follows: boolean): void {
    this.live.hidden = !isLive;
    this.live.setAttribute('aria-pressed', String(follows));
  }

  /** A short remark, such as what was just skipped; read out by screen readers. */
  remark(words: string): void {
    this.note.textContent = words;
    const until = (this.noteUntil = performance.now() + 4_000);
    setTimeout(() => {
      if (this.noteUntil === until) this.note.textContent = '';
    }, 4_000);
  }
}

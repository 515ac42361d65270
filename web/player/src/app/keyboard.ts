export interface KeyActions {
  toggle(): void;
  step(ms: number): void;
  marker(direction: 1 | -1): void;
  faster(direction: 1 | -1): void;
  fullscreen(): void;
  toggleSkip(): void;
  home(): void;
  end(): void;
  help(): void;
  session(which: 'next' | 'prev'): void;
}

const STEP_MS = 5_000;

/** The player's keys work everywhere on its page, except while typing or choosing. */
export function listenToKeys(actions: KeyActions): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const action = actionOf(event, actions);
    if (action === null) return;
    event.preventDefault();
    action();
  });
}

function actionOf(event: KeyboardEvent, actions: KeyActions): (() => void) | null {
  switch (event.key) {
    // A focused button or link takes the space bar itself.
    case ' ': return (event.target as Element | null)?.closest('button, a, summary') ? null : () => actions.toggle();
    case 'ArrowLeft': return event.shiftKey ? () => actions.marker(-1) : () => actions.step(-STEP_MS);
    case 'ArrowRight': return event.shiftKey ? () => actions.marker(1) : () => actions.step(STEP_MS);
    case '[': return () => actions.faster(-1);
    case ']': return () => actions.faster(1);
    case 'f': return () => actions.fullscreen();
    case 'i': return () => actions.toggleSkip();
    case 'Home': return () => actions.home();
    case 'End': return () => actions.end();
    case 'n': return () => actions.session('next');
    case 'p': return () => actions.session('prev');
    case '?': return () => actions.help();
    default: return null;
  }
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

const order = ['system', 'light', 'dark'] as const;
const names = { system: 'as the system', light: 'light', dark: 'dark' };

/** The button that changes between light, dark and what the system says. */
export function startThemeSwitch(): void {
  const root = document.documentElement;
  const buttons = document.querySelectorAll<HTMLButtonElement>('[data-theme-switch]');
  const current = (): (typeof order)[number] =>
    order.find((choice) => choice === root.getAttribute('data-theme-choice')) ?? 'system';

  const describe = (): void => buttons.forEach((button) => {
    button.hidden = false;
    button.title = `Colours: ${names[current()]}`;
    button.setAttribute('aria-label', button.title);
  });

  buttons.forEach((button) => button.addEventListener('click', () => {
    const next = order[(order.indexOf(current()) + 1) % order.length] ?? 'system';
    const systemIsDark = matchMedia('(prefers-color-scheme: dark)').matches;
    root.setAttribute('data-theme-choice', next);
    root.setAttribute('data-bs-theme', next === 'system' ? (systemIsDark ? 'dark' : 'light') : next);
    try {
      if (next === 'system') {
        localStorage.removeItem('theme');
      } else {
        localStorage.setItem('theme', next);
      }
    } catch {
      // Storage is forbidden: the choice holds for this page.
    }
    describe();
  }));
  describe();
}

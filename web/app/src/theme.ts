// Loaded before the first paint, so that a dark page never flashes white.
const stored = ((): string | null => {
  try {
    return localStorage.getItem('theme');
  } catch {
    return null; // storage is forbidden: follow the system
  }
})();
const dark = matchMedia('(prefers-color-scheme: dark)');
const root = document.documentElement;

function apply(choice: string | null): void {
  const theme = choice === 'dark' || choice === 'light' ? choice : dark.matches ? 'dark' : 'light';
  root.setAttribute('data-bs-theme', theme);
  root.setAttribute('data-theme-choice', choice ?? 'system');
}

apply(stored);
dark.addEventListener('change', () => {
  if (root.getAttribute('data-theme-choice') === 'system') {
    apply(null);
  }
});

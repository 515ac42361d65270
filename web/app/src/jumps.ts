const chordMs = 1_500;

/** `g` and a letter go to the page whose link has that letter in `data-jump`; `/` goes to the search field. */
export function startJumps(): void {
  let startedAt = -Infinity;
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
      return;
    }
    if (event.key === '/') {
      const search = document.querySelector<HTMLInputElement>('input[type=search]');
      if (search) {
        event.preventDefault();
        search.focus();
      }
    } else if (event.key === 'g') {
      startedAt = performance.now();
    } else if (performance.now() - startedAt < chordMs) {
      startedAt = -Infinity;
      document.querySelector<HTMLAnchorElement>(`a[data-jump="${CSS.escape(event.key)}"]`)?.click();
    }
  });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement
    && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
}

/** Buttons with `data-copy="#id"` copy the text of that element. */
export function startCopyButtons(): void {
  document.querySelectorAll<HTMLButtonElement>('button[data-copy]').forEach((button) => {
    const label = button.querySelector('[data-label]');
    button.hidden = !navigator.clipboard;
    button.addEventListener('click', () => {
      const source = document.querySelector(button.dataset['copy'] ?? '');
      if (!source || !label) {
        return;
      }
      const was = label.textContent;
      navigator.clipboard.writeText(source.textContent ?? '').then(
        () => show('Copied'),
        () => show('Select and copy it by hand'),
      );

      function show(text: string): void {
        label!.textContent = text;
        setTimeout(() => { label!.textContent = was; }, 2_000);
      }
    });
  });
}

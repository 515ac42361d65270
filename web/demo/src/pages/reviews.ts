import { h, need, parameter } from '../dom';
import reviews from '../reviews.json';

/** The document inside the product page's frame. */
export function reviewsPage(): void {
  const start = [...parameter('id')].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  const chosen = [0, 1, 2].map(i => reviews[(start + i) % reviews.length]!);
  need('#reviews').replaceChildren(...chosen.map(({ who, stars, text }) => {
    const button = h('button', { type: 'button', class: 'button quiet small', onclick: () => { button.textContent = 'Thank you'; button.disabled = true; } }, 'Helpful');
    return h('blockquote', { class: 'review' },
      h('p', { 'aria-label': `${stars} of 5 stars` }, '★'.repeat(stars) + '☆'.repeat(5 - stars)),
      h('p', {}, text), h('footer', { class: 'row' }, h('cite', {}, who), button));
  }));
}

import * as cart from '../cart';
import { h, need } from '../dom';
import { identify, track } from '../recount';

/** The checkout form. Nothing is sent anywhere: the order ends in the visitor's own browser. */
export function checkout(): void {
  const form = need<HTMLFormElement>('#order');
  form.addEventListener('input', event => {
    const field = event.target as HTMLInputElement;
    if (field.getAttribute('aria-invalid') === 'true') check(field);
  });
  form.addEventListener('submit', event => {
    event.preventDefault();
    if (!valid(form)) return track('Checkout rejected');
    const number = String(Date.now() % 100_000).padStart(5, '0');
    const items = Object.values(cart.read()).reduce((sum, one) => sum + one, 0);
    identify(`visitor-${number}`, { newsletter: new FormData(form).has('newsletter') });
    track('Ordered', { items });
    cart.empty();
    form.replaceWith(h('div', { class: 'notice good', id: 'thanks' },
      h('h2', {}, 'Thank you!'),
      h('p', {}, `Order K-${number} is on its way, in spirit. This is a demo: nothing is sent, nothing is charged.`),
      h('a', { class: 'button', href: 'index.html' }, 'Back to the shelves')));
  });
}

/** Marks each field that is not right and says why. */
function valid(form: HTMLFormElement): boolean {
  const wrong = [...form.querySelectorAll<HTMLInputElement>('input, select, textarea')].filter(field => !check(field));
  wrong[0]?.focus();
  return !wrong.length;
}

function check(field: HTMLInputElement): boolean {
  const message = field.validity.valid ? '' : field.validationMessage;
  field.setAttribute('aria-invalid', String(!!message));
  const note = field.closest('label')?.querySelector('.error');
  if (note) note.textContent = message;
  return !message;
}

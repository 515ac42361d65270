import { drawing } from '../art';
import * as cart from '../cart';
import { failed } from '../cards';
import { price, products, type Product } from '../catalogue';
import { h, need, parameter, toast } from '../dom';
import { track } from '../recount';

/** One product, with the reviews in a frame of their own. */
export async function product(): Promise<void> {
  const place = need('#product');
  try {
    const found = (await products()).find(one => one.id === parameter('id'));
    if (!found) return place.replaceChildren(h('p', { class: 'notice' }, 'We do not carry that one (any more). ', h('a', { href: 'index.html' }, 'Back to the shelves')));
    document.title = `${found.name} · Kettle & Crane`;
    place.replaceChildren(...show(found));
    track('Viewed product', { product: found.id, price_cents: found.price_cents });
  } catch (error) {
    place.replaceChildren(failed(error));
  }
}

function show(found: Product): HTMLElement[] {
  const count = h('input', { type: 'number', id: 'count', name: 'count', min: 1, max: found.stock, value: 1, 'aria-label': 'How many' });
  const buy = () => {
    cart.add(found.id, Math.max(1, Number(count.value) || 1));
    toast(`${found.name} is in your cart`);
  };
  return [
    h('div', { class: 'product' },
      h('div', { class: 'product-picture' }, drawing(found.art, found.tone, found.name)),
      h('div', {},
        h('p', { class: 'eyebrow' }, found.category),
        h('h1', {}, found.name),
        h('p', { class: 'lead' }, found.summary),
        h('p', {}, `★ ${found.rating.toFixed(1)} · ${found.stock} in stock`),
        h('ul', {}, ...found.details.map(detail => h('li', {}, detail))),
        h('p', { class: 'price' }, price(found.price_cents)),
        h('div', { class: 'row start' }, count, h('button', { type: 'button', class: 'button', id: 'add', onclick: buy }, 'Add to cart')),
        delivery())),
    h('h2', {}, 'What people say'),
    h('iframe', { class: 'reviews', title: 'Reviews', src: `reviews.html?id=${encodeURIComponent(found.id)}` }),
  ];
}

/** Asks the carrier, who takes a while. */
function delivery(): HTMLElement {
  const answer = h('span', { role: 'status' });
  const ask = async () => {
    button.disabled = true;
    answer.textContent = 'Asking the carrier…';
    try {
      const { days, city, carrier, note } = await (await fetch('api/slow')).json() as { days: number; city: string; carrier: string; note: string };
      answer.textContent = `${days} days to ${city} with ${carrier}. ${note}`;
    } catch {
      answer.textContent = 'The carrier does not answer. Try again later.';
    }
    button.disabled = false;
  };
  const button = h('button', { type: 'button', class: 'button quiet', id: 'delivery', onclick: () => void ask() }, 'When would it arrive?');
  return h('p', { class: 'delivery' }, button, ' ', answer);
}

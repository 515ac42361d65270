import * as cart from './cart';
import { price, type Product } from './catalogue';
import { drawing } from './art';
import { h, toast } from './dom';

export const address = (product: Product) => `product.html?id=${encodeURIComponent(product.id)}`;

/** Products as cards in a grid. */
export function cards(products: Product[]): HTMLElement {
  return h('div', { class: 'grid' }, ...products.map(card));
}

function card(product: Product): HTMLElement {
  return h('article', { class: 'card', 'data-testid': `card-${product.id}` },
    h('a', { href: address(product), class: 'card-picture' }, drawing(product.art, product.tone, product.name)),
    h('div', { class: 'card-text' },
      h('p', { class: 'eyebrow' }, product.category),
      h('h3', {}, h('a', { href: address(product) }, product.name)),
      h('p', { class: 'muted' }, product.summary),
      h('div', { class: 'row' },
        h('strong', {}, price(product.price_cents)),
        h('button', { type: 'button', class: 'button small', onclick: () => buy(product) }, 'Add to cart'))));
}

function buy(product: Product): void {
  cart.add(product.id, 1);
  toast(`${product.name} is in your cart`);
}

/** Grey boxes while the catalogue is on its way. */
export const skeleton = () => h('div', { class: 'grid' }, ...Array.from({ length: 6 }, () => h('div', { class: 'card skeleton' })));

/** What stands where content could not be loaded. */
export const failed = (error: unknown) =>
  h('p', { class: 'notice' }, `The shelves could not be loaded. ${error instanceof Error ? error.message : ''} Try again in a moment.`);

import { track } from './recount';

/** Product ids and how many of each. */
export type Cart = Record<string, number>;

const key = 'demo-shop-cart';

export function read(): Cart {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '{}') as Cart;
  } catch {
    return {};
  }
}

/** Sets how many of a product are in the cart; 0 takes it out. */
export function set(id: string, count: number): void {
  const cart = read();
  if (count > 0) cart[id] = Math.min(count, 99);
  else delete cart[id];
  localStorage.setItem(key, JSON.stringify(cart));
  showCount();
}

export function add(id: string, count: number): void {
  set(id, (read()[id] ?? 0) + count);
  track('Added to cart', { product: id, count });
}

export function empty(): void {
  localStorage.removeItem(key);
  showCount();
}

/** Keeps the number in the header right. */
export function showCount(): void {
  const count = Object.values(read()).reduce((sum, one) => sum + one, 0);
  const badge = document.querySelector<HTMLElement>('#cart-count');
  if (!badge) return;
  badge.textContent = String(count);
  badge.hidden = count === 0;
}

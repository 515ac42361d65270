import { drawing } from '../art';
import * as cart from '../cart';
import { address, failed } from '../cards';
import { price, products, type Product } from '../catalogue';
import { h, need } from '../dom';

const shippingCents = 490;
const freeFromCents = 10_000;

/** What is in the cart and what it comes to. */
export async function cartPage(): Promise<void> {
  const place = need('#cart');
  try {
    const all = await products();
    const show = (): void => place.replaceChildren(...content(all, show));
    show();
  } catch (error) {
    place.replaceChildren(failed(error));
  }
}

function content(all: Product[], again: () => void): HTMLElement[] {
  const lines = Object.entries(cart.read()).flatMap(([id, count]) => {
    const product = all.find(one => one.id === id);
    return product ? [{ product, count }] : [];
  });
  if (!lines.length) return [h('p', { class: 'notice' }, 'Nothing here yet. ', h('a', { href: 'index.html' }, 'Have a look around'))];
  const goods = lines.reduce((sum, { product, count }) => sum + product.price_cents * count, 0);
  const shipping = goods >= freeFromCents ? 0 : shippingCents;
  return [
    h('ul', { class: 'lines' }, ...lines.map(({ product, count }) => line(product, count, again))),
    h('div', { class: 'totals' },
      total('Goods', price(goods)),
      total('Shipping', shipping ? price(shipping) : 'free'),
      total('Together', price(goods + shipping), true),
      voucher(),
      h('a', { class: 'button', href: 'checkout.html', id: 'checkout' }, 'To the checkout')),
  ];
}

function line(product: Product, count: number, again: () => void): HTMLElement {
  const change = (to: number) => { cart.set(product.id, to); again(); };
  const step = (label: string, to: number, sign: string) =>
    h('button', { type: 'button', class: 'button quiet small', 'aria-label': `${label} ${product.name}`, onclick: () => change(to) }, sign);
  return h('li', { class: 'line' },
    h('a', { href: address(product), class: 'line-picture' }, drawing(product.art, product.tone, product.name)),
    h('div', {}, h('a', { href: address(product) }, product.name), h('p', { class: 'muted' }, `${price(product.price_cents)} each`)),
    h('div', { class: 'row start' }, step('One less', count - 1, '−'), h('span', { class: 'count' }, String(count)), step('One more', count + 1, '+')),
    h('strong', {}, price(product.price_cents * count)));
}

const total = (name: string, value: string, strong = false) =>
  h('p', { class: strong ? 'row total' : 'row' }, h('span', {}, name), h('span', {}, value));

/** A bug as shops have them: the voucher service was never set up, so redeeming one throws. */
function voucher(): HTMLElement {
  const field = h('input', { name: 'voucher', id: 'voucher', placeholder: 'Voucher', 'aria-label': 'Voucher' });
  const redeem = () => {
    const services = (window as unknown as { shopServices: Record<string, { redeem(code: string): void }> }).shopServices;
    services.vouchers!.redeem(field.value);
  };
  return h('div', { class: 'row start' }, field, h('button', { type: 'button', class: 'button quiet', id: 'redeem', onclick: redeem }, 'Redeem'));
}

import { products, type Product } from '../catalogue';
import { cards, failed, skeleton } from '../cards';
import { h, need } from '../dom';

/** The front page: all products, by category. */
export async function list(): Promise<void> {
  const shelf = need('#shelf');
  shelf.replaceChildren(skeleton());
  try {
    show(shelf, await products());
  } catch (error) {
    shelf.replaceChildren(failed(error));
  }
}

function show(shelf: HTMLElement, all: Product[]): void {
  const grid = h('div');
  const choose = (category: string) => {
    grid.replaceChildren(cards(all.filter(one => category === 'Everything' || one.category === category)));
    for (const chip of chips.children) chip.setAttribute('aria-pressed', String(chip.textContent === category));
  };
  const names = ['Everything', ...new Set(all.map(one => one.category))];
  const chips = h('div', { class: 'chips', role: 'group', 'aria-label': 'Categories' },
    ...names.map(name => h('button', { type: 'button', class: 'chip', onclick: () => choose(name) }, name)));
  shelf.replaceChildren(chips, grid);
  choose('Everything');
}

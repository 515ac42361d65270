import { h, need, parameter } from '../dom';
import { drawing } from '../art';

interface Recipe { id: string; name: string; art: string; tone: string; time: string; steps: string[] }

const recipes: Recipe[] = [
  { id: 'pour-over', name: 'Pour-over', art: 'dripper', tone: 'rose', time: '3 min 30 s', steps: ['Rinse the paper, warm the cup.', 'Weigh 15 g, ground like sea salt.', 'Pour 40 g, wait until it stops rising.', 'Pour to 250 g in slow circles.', 'Swirl once, let it drain.'] },
  { id: 'green-tea', name: 'Green tea', art: 'teapot', tone: 'moss', time: '2 min', steps: ['Boil, then wait five minutes: 75 °C.', 'Two spoons of leaf for half a litre.', 'Two minutes, lid on.', 'Pour to the last drop; the second steeping is the better one.'] },
  { id: 'cold-brew', name: 'Cold brew', art: 'canister', tone: 'sky', time: '14 h', steps: ['80 g, coarse, into a litre of cold water.', 'Stir, cover, forget until morning.', 'Strain through paper.', 'One part brew, one part water, one ice cube.'] },
  { id: 'masala-chai', name: 'Masala chai', art: 'mug', tone: 'copper', time: '12 min', steps: ['Crush ginger, cardamom, clove, pepper.', 'Simmer in water for five minutes.', 'Assam and milk in, simmer on.', 'Sugar, strain, share.'] },
];

/** The brewing guide: one document, its own routes through the History API. */
export function guide(): void {
  need('#recipes').replaceChildren(...recipes.map(one =>
    h('a', { href: `guide.html?recipe=${one.id}`, class: 'chip', 'data-recipe': one.id, onclick: event => go(event, one) }, one.name)));
  addEventListener('popstate', () => show(current()));
  show(current());
}

const current = () => recipes.find(one => one.id === parameter('recipe')) ?? recipes[0]!;

function go(event: Event, recipe: Recipe): void {
  event.preventDefault();
  history.pushState(null, '', `guide.html?recipe=${recipe.id}`);
  show(recipe);
}

function show(recipe: Recipe): void {
  document.title = `${recipe.name} · Brewing guide · Kettle & Crane`;
  for (const link of document.querySelectorAll('[data-recipe]')) {
    if (link.getAttribute('data-recipe') === recipe.id) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  need('#recipe').replaceChildren(
    h('div', { class: 'product' },
      h('div', { class: 'product-picture' }, drawing(recipe.art, recipe.tone, recipe.name)),
      h('div', {}, h('h2', {}, recipe.name), h('p', { class: 'lead' }, recipe.time), steps(recipe))));
}

/** Steps that can be ticked off. */
function steps(recipe: Recipe): HTMLElement {
  return h('ol', { class: 'steps' }, ...recipe.steps.map((step, i) =>
    h('li', {}, h('label', {}, h('input', { type: 'checkbox', name: `step-${i}` }), ' ', step))));
}

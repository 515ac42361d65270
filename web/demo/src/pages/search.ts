import { products, search as find } from '../catalogue';
import { cards, failed } from '../cards';
import { h, need, parameter } from '../dom';
import { track } from '../recount';

/** Search results; typing narrows them at once. */
export async function search(): Promise<void> {
  const results = need('#results');
  const field = need<HTMLInputElement>('#query');
  field.value = parameter('q');
  try {
    const all = await products();
    const show = () => {
      const found = find(all, field.value);
      results.replaceChildren(
        h('p', { class: 'muted', role: 'status' }, found.length === 1 ? 'One thing found' : `${found.length} things found`),
        found.length ? cards(found) : h('p', { class: 'notice' }, 'Nothing by that name. Try “kettle”, “mug” or “tea”.'));
      return found.length;
    };
    field.addEventListener('input', show);
    track('Searched', { results: show() });
  } catch (error) {
    results.replaceChildren(failed(error));
  }
}

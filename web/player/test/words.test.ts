import { describe, expect, it } from 'vitest';
import { markOf } from '../src/model/marks';
import { pageName } from '../src/model/words';

describe('a page is called', () => {
  it.each([
    ['Shop', 'https://shop.example/', 'Shop'],
    ['** *** ****', 'https://shop.example/a?b=***', 'shop.example/a?b=***'],
    ['', 'http://127.0.0.1:8080/', '127.0.0.1:8080/'],
    [' ', '', 'Untitled page'],
    ['5 * hotel', 'https://shop.example/', '5 * hotel'],
  ])('what can be read of %j at %s', (title, url, name) => {
    expect(pageName({ title, url })).toBe(name);
  });
});

describe('a line of the events list says', () => {
  const text = (k: string, d: object): string | undefined => markOf({ at: 0, k, d } as Parameters<typeof markOf>[0])?.text;

  it('the text that was clicked, or which element it was', () => {
    expect(text('click', { text: 'Buy', selector: '#shelf > a.buy' })).toBe('Buy');
    expect(text('click', { text: '', selector: '[data-testid="card"] > a.card-picture' })).toBe('a.card-picture');
    expect(text('click', {})).toBe('Click');
  });

  it('where somebody went, without what is the same for every page', () => {
    expect(text('navigation', { url: 'https://shop.example/guide?recipe=***' })).toBe('shop.example/guide?recipe=***');
  });
});

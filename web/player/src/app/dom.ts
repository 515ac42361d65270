type Attributes = Record<string, string | boolean>;

/** Builds an element. Children that are strings become text: nothing recorded is ever parsed as HTML. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Attributes = {}, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '');
    else if (value !== false) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

export function svg(tag: string, attributes: Record<string, string>, ...children: Node[]): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Paths of Tabler's outline icons, 24 × 24. */
const ICONS = {
  play: ['M7 4v16l13 -8z'],
  pause: ['M6 6a1 1 0 0 1 1 -1h2a1 1 0 0 1 1 1v12a1 1 0 0 1 -1 1h-2a1 1 0 0 1 -1 -1z',
    'M14 6a1 1 0 0 1 1 -1h2a1 1 0 0 1 1 1v12a1 1 0 0 1 -1 1h-2a1 1 0 0 1 -1 -1z'],
  again: ['M19.95 11a8 8 0 1 0 -.5 4m.5 5v-5h-5'],
  fullscreen: ['M4 8v-2a2 2 0 0 1 2 -2h2', 'M4 16v2a2 2 0 0 0 2 2h2', 'M16 4h2a2 2 0 0 1 2 2v2', 'M16 20h2a2 2 0 0 0 2 -2v-2'],
  page: ['M14 3v4a1 1 0 0 0 1 1h4', 'M17 21h-10a2 2 0 0 1 -2 -2v-14a2 2 0 0 1 2 -2h7l5 5v11a2 2 0 0 1 -2 2z'],
  click: ['M7.9 17.6a1.2 1.2 0 0 0 2.2 .3l2.1 -3.1l4.9 4.9a1.07 1.07 0 0 0 1.5 0l1.1 -1.1a1.07 1.07 0 0 0 0 -1.5l-4.9 -4.9l3.1 -2.1a1.2 1.2 0 0 0 -.3 -2.2l-13.6 -3.9z'],
  navigation: ['M5 12h14', 'M13 18l6 -6', 'M13 6l6 6'],
  error: ['M12 9v4', 'M10.4 3.6l-8.1 13.5a1.9 1.9 0 0 0 1.6 2.9h16.2a1.9 1.9 0 0 0 1.6 -2.9l-8.1 -13.5a1.9 1.9 0 0 0 -3.2 0z', 'M12 16h.01'],
  console: ['M5 7l5 5l-5 5', 'M12 19h7'],
  event: ['M13 3v7h6l-8 11v-7h-6l8 -11'],
  identify: ['M8 7a4 4 0 1 0 8 0a4 4 0 0 0 -8 0', 'M6 21v-2a4 4 0 0 1 4 -4h4a4 4 0 0 1 4 4v2'],
  gap: ['M4 12h3', 'M10.5 12h3', 'M17 12h3'],
} as const;
export type Icon = keyof typeof ICONS;

export function icon(name: Icon): SVGElement {
  return svg('svg', {
    class: 'icon', viewBox: '0 0 24 24', width: '20', height: '20', fill: 'none', stroke: 'currentColor',
    'stroke-width': '2', 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true',
  }, ...ICONS[name].map((d) => svg('path', { d })));
}

/** A button that says what it does; `keys` is its keyboard shortcut, shown beside the words. */
export function button(label: string, keys: string, content: Node | string, action: () => void): HTMLButtonElement {
  const element = el('button', {
    type: 'button', class: 'rp-button', 'aria-label': label, title: keys === '' ? label : `${label} (${keys})`,
  }, content);
  element.addEventListener('click', action);
  return element;
}

// Drawings instead of photographs: nothing to load, sharp at any size, and they look the same in a replay.
const tones: Record<string, [light: string, main: string, dark: string]> = {
  copper: ['#f3d9c4', '#c77b4a', '#7d4524'],
  moss: ['#dfe8cf', '#7f9a5b', '#465c2c'],
  slate: ['#dbe1e6', '#73848f', '#3a4751'],
  sky: ['#d5e8ee', '#6ba7b8', '#2f6474'],
  rose: ['#f4dcd8', '#cf8579', '#874a41'],
};

type Part = [tag: string, attributes: Record<string, string | number>];

const path = (d: string, paint: Record<string, string | number>): Part => ['path', { d, ...paint }];
const line = (d: string, stroke: string, width = 6): Part =>
  path(d, { fill: 'none', stroke, 'stroke-width': width, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' });

const drawings: Record<string, (light: string, main: string, dark: string) => Part[]> = {
  kettle: (_, main, dark) => [
    line('M66 92 C30 88 44 60 24 50', main, 9), path('M62 136 C52 96 74 72 104 72 C134 72 156 96 146 136 Z', { fill: main }),
    line('M148 84 C178 84 178 124 152 124', dark, 8), path('M88 72 h32 l-5 -11 h-22 Z', { fill: dark }), ['circle', { cx: 104, cy: 55, r: 6, fill: dark }],
    line('M70 128 h68', dark, 3),
  ],
  teapot: (_, main, dark) => [
    line('M60 108 C40 104 44 84 28 78', main, 12), ['ellipse', { cx: 104, cy: 106, rx: 50, ry: 36, fill: main }],
    line('M152 90 C180 86 180 126 150 122', dark, 8), path('M76 76 C84 64 124 64 132 76 Z', { fill: dark }), ['circle', { cx: 104, cy: 60, r: 7, fill: dark }],
    path('M80 138 h48 l5 8 h-58 Z', { fill: dark }),
  ],
  mug: (light, main, dark) => [
    path('M62 66 h72 v54 c0 16 -10 24 -24 24 h-24 c-14 0 -24 -8 -24 -24 Z', { fill: main }), line('M136 82 C164 78 164 120 134 118', main, 9),
    line('M80 86 v28 M90 86 v28 M100 86 v28 M110 86 v28 M74 112 L116 88', light, 4), line('M84 52 c-6 -8 6 -12 0 -20 M108 52 c-6 -8 6 -12 0 -20', dark, 4),
  ],
  dripper: (light, main, dark) => [
    path('M54 58 h92 l-34 50 h-24 Z', { fill: main }), path('M48 50 h104 v10 h-104 Z', { fill: dark }), path('M72 108 h56 v8 h-56 Z', { fill: dark }),
    path('M72 124 h56 l-4 28 h-48 Z', { fill: light, stroke: dark, 'stroke-width': 4 }), line('M100 116 v16', dark, 3), line('M76 66 l18 34 M124 66 l-18 34', light, 3),
  ],
  grinder: (light, main, dark) => [
    path('M78 70 h44 v78 h-44 Z', { fill: main }), path('M74 104 h52 v10 h-52 Z', { fill: dark }), path('M82 56 h36 l4 14 h-44 Z', { fill: dark }),
    line('M100 56 v-14 h46', dark, 5), ['circle', { cx: 148, cy: 46, r: 9, fill: light, stroke: dark, 'stroke-width': 4 }], line('M88 80 v14', light, 4),
  ],
  canister: (light, main, dark) => [
    path('M64 68 h76 v72 c0 6 -4 10 -10 10 h-56 c-6 0 -10 -4 -10 -10 Z', { fill: main }), path('M60 54 h84 v14 h-84 Z', { fill: dark }),
    ['rect', { x: 82, y: 90, width: 40, height: 30, rx: 4, fill: light }], line('M90 100 h24 M90 110 h16', dark, 3),
  ],
  scale: (light, main, dark) => [
    ['rect', { x: 44, y: 96, width: 116, height: 40, rx: 10, fill: main }], ['rect', { x: 54, y: 84, width: 96, height: 12, rx: 6, fill: dark }],
    ['rect', { x: 60, y: 106, width: 52, height: 20, rx: 4, fill: light }], line('M68 116 h10 M84 116 h18', dark, 4), ['circle', { cx: 138, cy: 116, r: 8, fill: dark }],
  ],
  leaf: (light, main, dark) => [
    path('M100 146 C48 132 50 74 60 46 C96 58 126 86 100 146 Z', { fill: main }), path('M104 146 C150 138 156 96 150 70 C118 80 96 106 104 146 Z', { fill: dark }),
    line('M98 138 C92 104 80 76 68 58', light, 3), line('M108 136 C116 112 128 96 142 82', light, 3),
  ],
};

/** The drawing of a product. */
export function drawing(art: string, tone: string, label: string): SVGSVGElement {
  const [light, main, dark] = tones[tone] ?? tones.slate!;
  const svg = create('svg', { viewBox: '0 18 200 156', role: 'img', 'aria-label': label, class: 'drawing' }) as SVGSVGElement;
  svg.append(
    create('rect', { width: 200, height: 180, fill: light }),
    create('ellipse', { cx: 102, cy: 152, rx: 62, ry: 8, fill: dark, opacity: 0.18 }),
    ...(drawings[art] ?? drawings.mug!)(light, main, dark).map(([tag, attributes]) => create(tag, attributes)));
  return svg;
}

function create(tag: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

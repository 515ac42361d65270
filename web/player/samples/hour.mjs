// A made-up visit on one page: what the timing of first frame and seek is measured with, in the tests and by
// `./bench replay`. The same numbers make the same visit.

const PRODUCTS = 160;
const LOG_LINES = 40;
const WIDTH = 1024;
const HEIGHT = 700;
/** As the SDK takes them: every two minutes of activity. */
const SNAPSHOT_EVERY_MS = 120_000;
/** The mark changes with each of these entries. */
const MARK_EVERY = 15;
const WORDS = 'kettle crane tea cup shelf price order water leaf quiet hour stone glass copper pour basket voucher street'.split(' ');

/** Ids of the recorded nodes. What rows hold lies at fixed distances from `FIRST_PRODUCT` and `FIRST_LINE`. */
const Id = { html: 3, head: 4, style: 5, css: 6, body: 7, mark: 8, markText: 9, search: 10, list: 11, note: 12, log: 13 };
const FIRST_PRODUCT = 1_000;
const PRODUCT_NODES = 10;
const FIRST_LINE = 100_000;

/** @param {{ durationMs: number, entries: number, startedAt?: number }} wanted */
export function hour({ durationMs, entries, startedAt = 946_684_800_000 }) {
  const visit = new Visit(durationMs / entries, startedAt);
  for (let i = 0; i < entries; i++) visit.step(i);
  return { entries: visit.entries, marks: visit.marks, width: WIDTH, height: HEIGHT };
}

/** The mark that the page shows at a time. @param {{ at: number, mark: string }[]} marks @param {number} t */
export const markAt = (marks, t) => marks.findLast(({ at }) => at <= t)?.mark ?? null;

class Visit {
  entries = [];
  marks = [];
  #random = mulberry32(20_260_301);
  #every;
  #startedAt;
  #mark = 'mark 0';
  #prices = Array.from({ length: PRODUCTS }, (_, i) => price(i, 0));
  #lines = [];
  #added = 0;
  #typed = '';
  #nextSnapshot = 0;

  constructor(every, startedAt) {
    this.#every = every;
    this.#startedAt = startedAt;
  }

  step(i) {
    const at = Math.round(i * this.#every * 10) / 10;
    if (i === 0) this.entries.push({ at: 0, k: 'page', d: this.#page() });
    if (at >= this.#nextSnapshot) this.#snapshot(at);
    if (i % MARK_EVERY === 0) this.#setMark(i / MARK_EVERY, at);
    else this.#act(i, at);
  }

  #page() {
    return { url: 'https://shop.example/hour', title: 'An hour in the shop', ordinal: 0, opened: this.#startedAt, viewport: { width: WIDTH, height: HEIGHT } };
  }

  #act(i, at) {
    if (i % 500 === 250) this.#add(at, 'click', { selector: `li:nth-child(${(i % PRODUCTS) + 1})`, x: 10, y: 20, interactive: true, reaction: i % 1000 === 250 ? null : 80 });
    else if (i % 1500 === 700) this.#add(at, 'error', { name: 'TypeError', message: `x is undefined (${i})`, fingerprint: '0123456789abcdef' });
    else this.#rrwebAct(at, this.#random());
  }

  #rrwebAct(at, dice) {
    if (dice < 0.45) this.#move(at);
    else if (dice < 0.65) this.#increment(at, { source: 3, id: 1, x: 0, y: this.#below(4_000) });
    else if (dice < 0.78) this.#reprice(at);
    else if (dice < 0.9) this.#log(at);
    else if (dice < 0.98) this.#type(at);
    else this.#increment(at, { source: 2, type: 2, id: FIRST_PRODUCT + this.#below(PRODUCTS) * PRODUCT_NODES, x: this.#below(WIDTH), y: this.#below(HEIGHT) });
  }

  #setMark(n, at) {
    this.#mark = `mark ${n}`;
    this.marks.push({ at, mark: this.#mark });
    this.#mutate(at, { texts: [{ id: Id.markText, value: this.#mark }] });
  }

  #move(at) {
    const positions = Array.from({ length: 8 }, (_, step) => ({ x: this.#below(WIDTH), y: this.#below(HEIGHT), id: Id.list, timeOffset: (step - 8) * 50 }));
    this.#increment(at, { source: 1, positions });
  }

  #reprice(at) {
    const row = this.#below(PRODUCTS);
    this.#prices[row] = price(row, at);
    const id = FIRST_PRODUCT + row * PRODUCT_NODES;
    this.#mutate(at, {
      texts: [{ id: id + 7, value: this.#prices[row] }],
      attributes: [{ id, attributes: { class: `product c${row % 7} v${Math.round(at) % 5}` } }],
    });
  }

  /** A line comes to the log, and the oldest goes when there are too many. */
  #log(at) {
    const line = { id: FIRST_LINE + this.#added * 2, text: `${Math.round(at / 1000)} s: ${this.#words(9)}` };
    const after = this.#lines[0]?.id ?? null;
    this.#added++;
    this.#lines.unshift(line);
    const gone = this.#lines.length > LOG_LINES ? this.#lines.pop() : null;
    this.#mutate(at, {
      removes: gone === null ? [] : [{ parentId: Id.log, id: gone.id }],
      adds: [
        { parentId: Id.log, nextId: after, node: { ...element(line.id, 'p', { class: 'line' }, []) } },
        { parentId: line.id, nextId: null, node: text(line.id + 1, line.text) },
      ],
    });
  }

  #type(at) {
    this.#typed = this.#typed.length > 40 ? '' : `${this.#typed}${this.#words(1)} `;
    this.#increment(at, { source: 5, id: Id.search, text: this.#typed, isChecked: false });
  }

  #snapshot(at) {
    this.#nextSnapshot += SNAPSHOT_EVERY_MS;
    this.#rrweb(at, 4, { href: 'https://shop.example/hour', width: WIDTH, height: HEIGHT });
    this.#rrweb(at, 2, { node: this.#document(), initialOffset: { left: 0, top: 0 } });
  }

  #document() {
    const body = element(Id.body, 'body', {}, [
      element(Id.mark, 'output', { id: 'mark' }, [text(Id.markText, this.#mark)]),
      element(Id.search, 'input', { type: 'search', name: 'q', value: this.#typed }, []),
      element(Id.list, 'ul', { class: 'products' }, this.#prices.map(product)),
      element(Id.note, 'h2', {}, []),
      element(Id.log, 'section', {}, this.#lines.map(({ id, text: words }) => element(id, 'p', { class: 'line' }, [text(id + 1, words)]))),
    ]);
    const head = element(Id.head, 'head', {}, [element(Id.style, 'style', { _cssText: css() }, [])]);
    return { type: 0, id: 1, childNodes: [{ type: 1, id: 2, name: 'html', publicId: '', systemId: '' }, element(Id.html, 'html', { lang: 'en' }, [head, body])] };
  }

  #mutate(at, changes) {
    this.#increment(at, { source: 0, texts: [], attributes: [], removes: [], adds: [], ...changes });
  }

  #increment(at, data) {
    this.#rrweb(at, 3, data);
  }

  #rrweb(at, type, data) {
    this.#add(at, 'rrweb', { type, data, timestamp: this.#startedAt + at });
  }

  #add(at, k, d) {
    this.entries.push({ at, k, d });
  }

  #below(limit) {
    return Math.floor(this.#random() * limit);
  }

  #words(count) {
    return Array.from({ length: count }, () => WORDS[this.#below(WORDS.length)]).join(' ');
  }
}

const element = (id, tagName, attributes, childNodes) => ({ type: 2, id, tagName, attributes, childNodes });
const text = (id, textContent) => ({ type: 3, id, textContent });
const price = (row, at) => `${(((row * 37 + Math.round(at)) % 9_000) / 100 + 1).toFixed(2)} EUR`;

function product(shownPrice, row) {
  const id = FIRST_PRODUCT + row * PRODUCT_NODES;
  return element(id, 'li', { class: `product c${row % 7}` }, [
    element(id + 1, 'div', { class: 'picture', style: `background:hsl(${(row * 37) % 360} 40% 80%)` }, []),
    element(id + 2, 'h3', {}, [text(id + 3, `Product ${row}`)]),
    element(id + 4, 'p', {}, [text(id + 5, `${WORDS.slice(row % 9, (row % 9) + 9).join(' ')}, made by hand and sent tomorrow.`)]),
    element(id + 6, 'b', { class: 'price' }, [text(id + 7, shownPrice)]),
    element(id + 8, 'button', { type: 'button', class: 'buy' }, [text(id + 9, 'Add to cart')]),
  ]);
}

/** About as much as a page's own stylesheet has. */
function css() {
  const colours = Array.from({ length: 400 }, (_, i) => `.c${i}{color:hsl(${(i * 31) % 360},40%,30%);padding:${i % 9}px;border-radius:${i % 5}px}`);
  return `body{font:14px sans-serif;margin:24px}.products{display:grid;grid-template-columns:repeat(4,1fr);gap:12px;list-style:none}.picture{height:80px}${colours.join('')}`;
}

/** A small generator of random numbers that every engine computes alike. */
function mulberry32(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

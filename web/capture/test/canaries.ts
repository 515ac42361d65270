/**
 * Places where something private may stand in a page. Each gets a token of its own. `inputs` and `open` say whether the
 * level stores what stands there; under strict nothing may be stored anywhere.
 */
export interface Canary {
  place: string;
  /** Markup that is there from the start. */
  html?: (token: string) => string;
  /** Runs in the page once it is recorded; it may use nothing from outside itself. */
  act?: (token: string) => void;
  inputs: boolean;
  open: boolean;
  /** Needs more of a browser than jsdom has. */
  browserOnly?: boolean;
}

const shown = (place: string, html: Canary['html']): Canary => ({ place, html, inputs: true, open: true });
const typed = (place: string, html: Canary['html'], act?: Canary['act']): Canary => ({ place, html, act, inputs: false, open: false });
const never = typed;
const query = (place: string, html: Canary['html']): Canary => ({ place, html, inputs: false, open: true });
const later = (place: string, act: Canary['act'], inputs = true, open = true): Canary => ({ place, act, inputs, open });
const inBrowser = (canary: Canary): Canary => ({ ...canary, browserOnly: true });

export const canaries: Canary[] = [
  shown('paragraph', t => `<p>words ${t}</p>`),
  shown('nested text', t => `<div><b><i>${t}</i></b></div>`),
  shown('title attribute', t => `<p title="${t}">x</p>`),
  shown('alt', t => `<img alt="${t}" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">`),
  shown('aria-label', t => `<div aria-label="${t}">x</div>`),
  shown('aria-description', t => `<div aria-description="${t}">x</div>`),
  shown('aria-valuetext', t => `<div role="slider" aria-valuetext="${t}">x</div>`),
  shown('placeholder', t => `<input placeholder="${t}">`),
  shown('data attribute', t => `<div data-customer="${t}">x</div>`),
  shown('unknown attribute', t => `<x-card owner="${t}"></x-card>`),
  shown('button', t => `<button>${t}</button>`),
  shown('submit caption', t => `<input type="submit" value="${t}">`),
  shown('option text', t => `<select><option>${t}</option></select>`),
  shown('option value', t => `<select><option value="${t}">x</option></select>`),
  shown('optgroup label', t => `<select><optgroup label="${t}"><option>x</option></optgroup></select>`),
  shown('datalist', t => `<datalist><option value="${t}"></datalist>`),
  shown('path of a link', t => `<a href="/people/${t}">x</a>`),
  shown('own meta', t => `<meta name="app-user" content="${t}">`),
  shown('css content', t => `<style>.a::after { content: "${t}"; }</style>`),
  shown('css selector', t => `<style>[data-owner="${t}"] { color: red; }</style>`),
  shown('css custom property', t => `<p style="--who: '${t}'">x</p>`),
  shown('svg text', t => `<svg><text>${t}</text></svg>`),
  shown('svg title', t => `<svg><title>${t}</title></svg>`),
  shown('caption', t => `<table><caption>${t}</caption></table>`),
  shown('details', t => `<details><summary>x</summary>${t}</details>`),
  shown('address in an id', t => `<p id="${t}@example">x</p>`),

  typed('value attribute', t => `<input value="${t}">`),
  typed('hidden field', t => `<input type="hidden" value="${t}">`),
  typed('password', t => `<input type="password" value="${t}">`),
  typed('checkbox value', t => `<input type="checkbox" value="${t}">`),
  typed('textarea', t => `<textarea>${t}</textarea>`),
  typed('editable element', t => `<div contenteditable>${t}</div>`),
  typed('child of an editable element', t => `<div contenteditable="true"><p>${t}</p></div>`),
  typed('text typed', () => '<input id="typed">', t => {
    const field = document.querySelector<HTMLInputElement>('#typed')!;
    field.value = t;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }),
  typed('password typed and shown', () => '<input id="secret" type="password">', t => {
    const field = document.querySelector<HTMLInputElement>('#secret')!;
    field.value = t;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.type = 'text';
    field.setAttribute('value', t);
  }),
  typed('textarea typed', () => '<textarea id="long"></textarea>', t => {
    const field = document.querySelector<HTMLTextAreaElement>('#long')!;
    field.value = t;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }),
  typed('textarea child', () => '<textarea id="area"></textarea>', t => document.querySelector('#area')!.append(t)),
  typed('editable typed', () => '<div id="edit" contenteditable>a</div>', t => { document.querySelector('#edit')!.firstChild!.nodeValue = t; }),
  typed('value set later', () => '<input id="set">', t => document.querySelector('#set')!.setAttribute('value', t)),
  typed('value chosen', () => '<select id="pick"></select>', t => {
    const field = document.querySelector<HTMLSelectElement>('#pick')!;
    const option = document.createElement('input');
    option.value = t;
    field.after(option);
  }),

  query('query of a link', t => `<a href="/x?q=${t}">x</a>`),
  query('query of an image', t => `<img src="/x.png?q=${t}">`),
  query('query in srcset', t => `<img srcset="/x.png?q=${t} 2x">`),
  query('form action', t => `<form action="/x?q=${t}"></form>`),
  query('token in a fragment', t => `<a href="/x#access_token=${t}">x</a>`),
  query('url in css', t => `<p style="background:url(/x.png?q=${t})">x</p>`),
  query('svg image', t => `<svg><image href="/x.png?q=${t}"/></svg>`),
  query('e-mail in text', t => `<p>write to ${t}@example.org</p>`),
  query('mailto', t => `<a href="mailto:${t}@example.org">x</a>`),

  never('credentials', t => `<a href="https://${t}:x@example.org/">x</a>`),
  never('script', t => `<script type="text/plain">${t}</script>`),
  never('json block', t => `<script type="application/json">{"a":"${t}"}</script>`),
  never('comment', t => `<!-- ${t} -->`),
  never('noscript', t => `<noscript>${t}</noscript>`),
  never('template', t => `<template>${t}</template>`),
  never('nonce', t => `<style nonce="${t}"></style>`),
  never('handler', t => `<p onclick="void '${t}'">x</p>`),
  never('masked element', t => `<div data-recount="mask"><p title="${t}">${t}</p></div>`),
  never('blocked element', t => `<div data-recount="block"><p title="${t}">${t}</p></div>`),
  never('description', t => `<meta name="description" content="${t}">`),

  later('document title', t => { document.title = t; }),
  later('text added', t => document.body.append(t)),
  later('element added', t => { document.body.insertAdjacentHTML('beforeend', `<p aria-label="${t}">x</p>`); }),
  later('text changed', t => { document.querySelector('p')!.firstChild!.nodeValue = t; }),
  later('attribute changed', t => document.querySelector('p')!.setAttribute('title', t)),
  later('script text added', t => {
    const script = document.createElement('script');
    script.type = 'text/plain';
    document.head.append(script);
    script.append(t);
  }, false, false),
  inBrowser(later('rule inserted', t => { document.styleSheets[0]!.insertRule(`.late::after { content: "${t}"; }`); })),
  inBrowser(later('style set', t => document.querySelector('p')!.setAttribute('style', `background: url("/x?q=${t}")`), false)),
  inBrowser(later('shadow root', t => {
    const host = document.body.appendChild(document.createElement('div'));
    host.attachShadow({ mode: 'open' }).innerHTML = `<p title="${t}">x</p>`;
  })),
  inBrowser(later('typed in a shadow root', t => {
    const host = document.body.appendChild(document.createElement('div'));
    host.attachShadow({ mode: 'open' }).innerHTML = '<input>';
    const field = host.shadowRoot!.querySelector('input')!;
    field.setAttribute('value', t);
    field.value = t;
    field.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
  }, false, false)),
  inBrowser(shown('inner document', t => `<iframe srcdoc="<p>${t}</p>"></iframe>`)),
  inBrowser(typed('field of an inner document', t => `<iframe srcdoc="<input value='${t}'>"></iframe>`)),
  inBrowser(never('address of a recorded frame', t => `<iframe src="/inner?q=${t}"></iframe>`)),
  inBrowser(later('console', t => console.log(t))),
  inBrowser(later('console value', t => console.warn({ user: t }))),
  inBrowser(later('error message', t => { setTimeout(() => { throw new TypeError(`no ${t}`); }); })),
  inBrowser(later('rejection', t => { void Promise.reject(new Error(t)); })),
  inBrowser(later('route query', t => history.pushState(null, '', `?q=${t}`), false)),
  inBrowser(later('route', t => history.pushState(null, '', `/people/${t}`))),
  inBrowser(later('click text', t => {
    const button = document.body.appendChild(document.createElement('button'));
    button.textContent = t;
    button.click();
  })),
];

/** The token of a canary: letters, so that no rule for numbers hides it, and a digit, as ids have one. */
export const tokenOf = (index: number) => `cnryx${String.fromCharCode(97 + Math.floor(index / 26), 97 + index % 26)}7z`;

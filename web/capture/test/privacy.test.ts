// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import type { Privacy } from '../src/options';
import { maskCss, maskText, maskTyped, maskUrl } from '../src/privacy';
import { Recorder, type RecordedEvent } from '../src/recorder';
import { canaries, tokenOf } from './canaries';

const turn = () => new Promise(resolve => setTimeout(resolve));

/** Records a document with every canary that jsdom can hold and returns all that would leave. */
async function stored(level: Privacy): Promise<string> {
  const events: RecordedEvent[] = [];
  const recorder = new Recorder(level, [], event => events.push(event));
  recorder.start();
  for (const [i, canary] of canaries.entries()) {
    if (canary.browserOnly) continue;
    canary.act?.(tokenOf(i));
    await turn();
  }
  recorder.snapshot();
  await turn();
  recorder.stop();
  return JSON.stringify(events);
}

describe.each<Privacy>(['strict', 'inputs', 'open'])('under %s', level => {
  beforeEach(() => {
    document.title = '';
    document.head.innerHTML = '';
    document.body.innerHTML = '<p>first</p>'
      + canaries.map((canary, i) => (canary.browserOnly ? '' : canary.html?.(tokenOf(i)) ?? '')).join('\n');
  });

  it('stores what the level stores and nothing else', async () => {
    const all = await stored(level);
    const wrong = canaries
      .map((canary, i) => ({ canary, found: all.includes(tokenOf(i)) }))
      .filter(({ canary, found }) => !canary.browserOnly && found !== (level !== 'strict' && canary[level]));
    expect(wrong.map(({ canary, found }) => `${canary.place}: ${found ? 'stored' : 'not stored'}`)).toEqual([]);
  });
});

it('has at least fifty canaries', () => expect(canaries.length).toBeGreaterThanOrEqual(50));

describe('text', () => {
  it('keeps its shape when it is masked', () => expect(maskText('Ada  Lovelace\n1815', 'strict')).toBe('***  ********\n****'));

  it.each([
    ['write to ada.l@example.org now', 'write to ***************** now'],
    ['card 4111 1111 1111 1111', 'card **** **** **** ****'],
    ['order 12345678 of 2026-11-20', 'order ******** of 2026-11-20'],
    ['ssn 078-05-1120', 'ssn ***********'],
    ['12 pots for €1,299.00', '12 pots for €1,299.00'],
  ])('under inputs %s', (text, masked) => expect(maskText(text, 'inputs')).toBe(masked));
});

describe('a typed value', () => {
  it('leaves only under open and unmasked', () => {
    expect(maskTyped('abc', 'open', true, false)).toBe('abc');
    expect(maskTyped('abc', 'open', false, false)).toBe('***');
    expect(maskTyped('abc', 'inputs', true, false)).toBe('***');
  });
  it('does not show the length of a password', () => {
    expect(maskTyped('ab', 'open', true, true)).toBe('********');
    expect(maskTyped('', 'open', true, true)).toBe('');
  });
});

describe('an address', () => {
  it.each<[string, Privacy, string]>([
    ['https://a.example/people/42/edit?q=tea&page=2#top', 'strict', 'https://a.example/people/**/edit?q=***&page=2#top'],
    ['https://a.example/people/42/edit?q=tea&page=2', 'inputs', 'https://a.example/people/42/edit?q=***&page=2'],
    ['https://a.example/people/42?q=tea', 'open', 'https://a.example/people/42?q=tea'],
    ['https://ada:secret@a.example/x', 'open', 'https://a.example/x'],
    ['https://a.example/api/v2/list', 'strict', 'https://a.example/api/v2/list'],
    ['/x?flag&ada@example.org=1', 'inputs', '/x?****&*****************'],
    ['/x#id_token=abc&page=1', 'inputs', '/x#id_token=***&page=1'],
    ['javascript:go("ada")', 'inputs', 'javascript:'],
    ['data:text/html,ada', 'strict', 'data:'],
    ['tel:+3531234567', 'strict', 'tel:'],
  ])('%s under %s', (url, level, masked) => expect(maskUrl(url, level)).toBe(masked));

  it('keeps the parameters that a page allows', () => expect(maskUrl('/x?sku=a1', 'strict', ['sku'])).toBe('/x?sku=a1'));
});

describe('a stylesheet', () => {
  it('keeps icons, fonts and rrweb\'s marks, and loses words, pictures and comments', () => {
    const css = '/* ada */.a::before{content:"\\f101"}.b::after{content:"Ada"}/* rr_split */'
      + '.c{background:url(ada.png)}@font-face{src:url("f.woff2")}[data-name="Ada"]{color:red}[type="text"]{color:red}';
    expect(maskCss(css, 'strict', [])).toBe('.a::before{content:"\\f101"}.b::after{content:"***"}/* rr_split */'
      + '.c{background:url("")}@font-face{src:url("f.woff2")}[data-name="***"]{color:red}[type="text"]{color:red}');
  });
});

// A recorded page shows in the colours that its visitor saw, whatever the viewer's own browser prefers. Its styles ask
// the browser that draws them, and that is the viewer's: so what they ask is answered here, before they are drawn.

export type ColorScheme = 'light' | 'dark';

/** Media features that hold everywhere and nowhere, and are taken wherever the one that they replace was. */
const ALWAYS = 'min-width:0px';
const NEVER = 'min-width:99999999px';

const QUERY = /\bprefers-color-scheme\b(?:\s*:\s*([a-z-]+))?/gi;
const DECLARATION = /(^|[;{\s])(color-scheme\s*:\s*)([^;}!]+)/gi;

/** CSS, or a media query, with the visitor's scheme in the place of questions for it. */
export function inScheme(css: string, scheme: ColorScheme): string {
  if (!css.includes('color-scheme')) return css;
  return css
    .replace(QUERY, (_, asked?: string) => (asked === undefined || asked.toLowerCase() === scheme ? ALWAYS : NEVER))
    .replace(DECLARATION, (_, before: string, name: string, value: string) => before + name + chosen(value, scheme));
}

/** Who offers both leaves the choice to the browser. */
const chosen = (value: string, scheme: ColorScheme): string =>
  /\blight\b/i.test(value) && /\bdark\b/i.test(value) ? scheme : value;

type Fields = Record<string, unknown>;
const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? value as Fields : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const ELEMENT = 2;
const TEXT = 3;
/** Attributes that hold CSS or a media query. */
const STYLED = ['_cssText', 'style', 'media'];

/** Puts the visitor's scheme into the events of one picture, in place. */
export class SchemeEvents {
  /** Ids of style elements and of their texts: a change names its node by nothing else. */
  private readonly styles = new Set<unknown>();

  constructor(private readonly scheme: ColorScheme) {}

  apply(event: { data?: unknown }): void {
    const data = fields(event.data);
    this.tree(data.node, false);
    for (const add of list(data.adds).map(fields)) this.tree(add.node, this.styles.has(add.parentId));
    for (const change of list(data.attributes).map(fields)) this.attributes(fields(change.attributes));
    for (const text of list(data.texts).map(fields)) if (this.styles.has(text.id)) this.rewrite(text, 'value');
    this.rules(data);
  }

  /** Walks without recursion: a recording may nest as deep as it likes. */
  private tree(root: unknown, inStyle: boolean): void {
    const open: [Fields, boolean][] = [[fields(root), inStyle]];
    for (let item = open.pop(); item !== undefined; item = open.pop()) {
      const [node, isStyled] = item;
      if (node.type === TEXT && isStyled) {
        this.styles.add(node.id);
        this.rewrite(node, 'textContent');
      }
      const isStyle = node.type === ELEMENT && this.element(node);
      for (const child of list(node.childNodes)) open.push([fields(child), isStyle]);
    }
  }

  /** True for an element whose texts are CSS. */
  private element(node: Fields): boolean {
    const attributes = fields(node.attributes);
    const tag = String(node.tagName).toLowerCase();
    this.attributes(attributes);
    if (tag === 'meta' && attributes.name === 'color-scheme') attributes.content = chosen(String(attributes.content), this.scheme);
    if (tag === 'style') this.styles.add(node.id);
    return tag === 'style';
  }

  private attributes(attributes: Fields): void {
    for (const name of STYLED) this.rewrite(attributes, name);
    const style = fields(attributes.style);
    if (typeof style['color-scheme'] === 'string') style['color-scheme'] = chosen(style['color-scheme'], this.scheme);
  }

  /** Rules that scripts of the page inserted, replaced or declared. */
  private rules(data: Fields): void {
    for (const add of list(data.adds).map(fields)) this.rewrite(add, 'rule');
    for (const sheet of list(data.styles).map(fields)) for (const rule of list(sheet.rules).map(fields)) this.rewrite(rule, 'rule');
    this.rewrite(data, 'replace');
    this.rewrite(data, 'replaceSync');
    const set = fields(data.set);
    if (set.property === 'color-scheme') set.value = chosen(String(set.value), this.scheme);
  }

  private rewrite(holder: Fields, name: string): void {
    const css = holder[name];
    if (typeof css === 'string') holder[name] = inScheme(css, this.scheme);
  }
}

// What of a recorded DOM is not rebuilt. The frame it is rebuilt in may not run scripts and its CSP lets nothing out of
// the installation; this takes away what a CSP does not govern (DNS prefetch and preconnect by <link> or <meta>), what
// would show a browser's error page (frames and plugins with an address) and names that would break the rebuild.

const ELEMENT = 2;
/** Names that createElement takes and that are no key of Object.prototype. */
const TAG_NAME = /^[a-zA-Z][a-zA-Z0-9._:-]{0,99}$/;
const CUSTOM_NAME = /^[a-z][a-z0-9._]*-[a-z0-9._-]*$/;
const INERT = 'recount-dropped';

const RESERVED = new Set([
  'annotation-xml', 'color-profile', 'font-face', 'font-face-src', 'font-face-uri', 'font-face-format', 'font-face-name',
  'missing-glyph',
]);

interface Node {
  type?: unknown;
  tagName?: unknown;
  isCustom?: unknown;
  attributes?: unknown;
  childNodes?: unknown;
}

/** Changes an rrweb event in place so that nothing in it can leave the stage. */
export function sanitizeEvent(event: { type?: unknown; data?: unknown }): void {
  const data = event.data as Record<string, unknown> | null | undefined;
  if (typeof data !== 'object' || data === null) return;
  sanitizeTree(data.node);
  if (Array.isArray(data.adds)) for (const add of data.adds) sanitizeTree((add as { node?: unknown } | null)?.node);
  if (Array.isArray(data.attributes)) {
    for (const change of data.attributes) dropAttributes((change as { attributes?: unknown } | null)?.attributes, '');
  }
}

/** Walks without recursion: a recording may nest as deep as it likes. */
function sanitizeTree(root: unknown): void {
  const open = [root];
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    if (typeof item !== 'object' || item === null) continue;
    const node = item as Node;
    if (node.type === ELEMENT) sanitizeElement(node);
    if (Array.isArray(node.childNodes)) for (const child of node.childNodes) open.push(child);
  }
}

function sanitizeElement(node: Node): void {
  if (typeof node.attributes !== 'object' || node.attributes === null) node.attributes = {};
  if (!Array.isArray(node.childNodes)) node.childNodes = [];
  const attributes = node.attributes as Record<string, unknown>;
  let tag = typeof node.tagName === 'string' && TAG_NAME.test(node.tagName) && !(node.tagName in Object.prototype)
    ? node.tagName : INERT;
  const lower = tag.toLowerCase();
  if (lower === 'script') tag = 'noscript';
  if (lower === 'link') {
    tag = isStylesheet(attributes) ? 'link' : INERT;
    // A link whose sheet was inlined becomes a <style>, but not when the text is empty, nor after a change empties it.
    if (!hasStylesheetRel(attributes)) dropNamed(attributes, 'rel');
  }
  if (lower === 'base' || lower === 'object' || lower === 'embed' || lower === 'portal') tag = INERT;
  node.tagName = tag;
  if (node.isCustom === true && (!CUSTOM_NAME.test(tag) || RESERVED.has(tag))) node.isCustom = false;
  dropAttributes(attributes, lower);
}

function isStylesheet(attributes: Record<string, unknown>): boolean {
  return typeof attributes._cssText === 'string' || hasStylesheetRel(attributes);
}

function hasStylesheetRel(attributes: Record<string, unknown>): boolean {
  const rels = Object.keys(attributes).filter((name) => name.toLowerCase() === 'rel').map((name) => attributes[name]);
  return rels.length > 0 && rels.every((rel) => typeof rel === 'string' && rel.trim().toLowerCase() === 'stylesheet');
}

function dropNamed(attributes: Record<string, unknown>, dropped: string): void {
  for (const name of Object.keys(attributes)) if (name.toLowerCase() === dropped) delete attributes[name];
}

/** `tag` is empty for a change of attributes, where the element is not known. */
function dropAttributes(value: unknown, tag: string): void {
  if (typeof value !== 'object' || value === null) return;
  const attributes = value as Record<string, unknown>;
  for (const name of Object.keys(attributes)) {
    if (isDropped(name.toLowerCase(), attributes[name], tag)) delete attributes[name];
  }
}

function isDropped(name: string, value: unknown, tag: string): boolean {
  if (name.startsWith('on') || name === 'srcdoc' || name === 'ping' || name === 'http-equiv' || name === 'autofocus') return true;
  // A stylesheet's link must not turn into one that prefetches.
  if (name === 'rel') return tag === '' && !(typeof value === 'string' && value.trim().toLowerCase() === 'stylesheet');
  return name === 'src' && (tag === 'iframe' || tag === 'frame');
}

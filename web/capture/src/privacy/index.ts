// Masking as a module of its own: the SDK uses it before anything leaves the page, tests use the very same functions.
export { maskAttributes, type Context } from './attributes';
export { blockSelector, contextOf, enter, ignoreSelector, rootContext } from './context';
export { maskCss } from './css';
export { ignored, maskContent, maskEvent } from './events';
export { outline } from './outline';
export { maskPatterns, maskText, maskTyped, stars } from './text';
export { maskUrl } from './url';

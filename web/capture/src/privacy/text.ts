import type { Privacy } from '../options';

const email = /[^\s@<>()",;:]+@[^\s@<>()",;:]+\.[^\s@<>()",;:]+/g;
const card = /\d(?:[ -]?\d){12,}/g;
const socialSecurity = /\b\d{3}-\d{2}-\d{4}\b/g;
const longNumber = /\d{7,}/g;

/** Every character that can be seen becomes a star, so that the layout stays as it was. */
export const stars = (text: string) => text.replace(/\S/gu, '*');

/** E-mail addresses, card numbers and numbers of seven digits and more become stars. */
export function maskPatterns(text: string): string {
  return [email, card, socialSecurity, longNumber].reduce((masked, pattern) => masked.replace(pattern, stars), text);
}

/** Text that a page shows, as the level lets it leave. */
export function maskText(text: string, level: Privacy): string {
  return level === 'strict' ? stars(text) : level === 'inputs' ? maskPatterns(text) : text;
}

/** A typed value. Only `open` and an explicit unmask let it leave, and a password never does. */
export function maskTyped(value: string, level: Privacy, unmasked: boolean, password: boolean): string {
  // The length of a password is part of it.
  if (password) return value && '********';
  return level === 'open' && unmasked ? value : '*'.repeat(value.length);
}

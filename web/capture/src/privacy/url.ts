import type { Privacy } from '../options';
import { maskPatterns, stars } from './text';

/** Query parameters whose values say nothing about a person. */
export const harmless = [
  'page', 'sort', 'order', 'lang', 'locale', 'tab', 'view', 'utm_source', 'utm_medium', 'utm_campaign',
];

/** A path segment that may name somebody or something: it has a digit, an @, an escape, or is very long. */
const id = (segment: string) => /[\d@%]/.test(segment) && !/^v\d{1,2}$/.test(segment) || segment.length > 32;

/**
 * An address as the level lets it leave: credentials never; under `inputs` query values only of the allowed
 * parameters; under `strict` also no path segment that may be an id. What is not http keeps its scheme only.
 */
export function maskUrl(url: string, level: Privacy, allowed: readonly string[] = []): string {
  const clean = url.replace(/^([a-z]+:\/\/)[^/?#]*@/i, '$1');
  if (level === 'open' || !clean) return clean;
  const scheme = /^\s*([a-z][a-z0-9+.-]*):/i.exec(clean)?.[1]?.toLowerCase();
  if (scheme && !/^(https?|wss?|file)$/.test(scheme)) return otherScheme(scheme, clean, level);
  const [, origin, path, query, hash] = /^([a-z]+:\/\/[^/?#]*|\/\/[^/?#]*|)([^?#]*)(\?[^#]*)?(#.*)?$/is.exec(clean)!;
  return (origin ?? '') + maskPath(path ?? '', level) + maskQuery(query ?? '', allowed) + maskHash(hash ?? '', level, allowed);
}

function otherScheme(scheme: string, url: string, level: Privacy): string {
  if (level === 'strict') return scheme + ':';
  return scheme === 'javascript' ? 'javascript:' : scheme === 'data' || scheme === 'blob' ? url : maskPatterns(url);
}

function maskPath(path: string, level: Privacy): string {
  if (level !== 'strict') return path;
  return path.replace(/([^/]+?)(\.(?:woff2?|[ot]tf|css|m?js|html?|php|png|jpe?g|gif|svg|webp))?(?=\/|$)/gi, (_, segment: string, extension = '') =>
    (id(segment) ? stars(segment) : segment) + extension);
}

function maskQuery(query: string, allowed: readonly string[]): string {
  return query && '?' + query.slice(1).split('&').map(pair => {
    const [name = '', ...value] = pair.split('=');
    if (harmless.includes(name) || allowed.includes(name)) return pair;
    // A name without a value, or one that looks like an id, is itself the value.
    if (!value.length || id(name)) return stars(pair);
    return name + '=' + stars(value.join('='));
  }).join('&');
}

/** A fragment is an anchor, a route of its own, or parameters (tokens come back from sign-in that way). */
function maskHash(hash: string, level: Privacy, allowed: readonly string[]): string {
  if (!hash) return '';
  const [path = '', ...query] = hash.slice(1).split('?');
  const first = path.includes('=') ? maskQuery('?' + path, allowed).slice(1) : maskPath(path, level);
  return '#' + first + (query.length ? maskQuery('?' + query.join('?'), allowed) : '');
}

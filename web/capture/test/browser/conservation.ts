import type { Received } from './server';

/**
 * What is wrong with the pages as they arrived: chunks that are missing, that came with two contents, or entries that
 * were captured and neither arrived nor are owned up to. Empty when nothing was lost.
 */
export function faults(received: readonly Received[]): string[] {
  return [...new Set(received.map(chunk => chunk.page))].flatMap(page => ofPage(page, received.filter(chunk => chunk.page === page)));
}

function ofPage(page: string, received: Received[]): string[] {
  const chunks = new Map<number, Received>();
  const found: string[] = [];
  for (const chunk of received) {
    const known = chunks.get(chunk.seq);
    if (known && known.text !== chunk.text) found.push(`${page}/${chunk.seq} has two contents`);
    chunks.set(chunk.seq, chunk);
  }
  const end = Math.max(...chunks.keys());
  const missing = Array.from({ length: end }, (_, seq) => seq).filter(seq => !chunks.has(seq));
  if (missing.length) found.push(`${page} lacks ${missing.join()} of ${end + 1}`);
  const arrived = [...chunks.values()].reduce((sum, chunk) => sum + chunk.entries.length, 0);
  const captured = Number(chunks.get(end)!.query.get('captured'));
  if (!missing.length && arrived !== captured) found.push(`${page}: ${captured} captured, ${arrived} arrived`);
  if (![...chunks.values()].some(chunk => chunk.query.has('last'))) found.push(`${page} has no end`);
  return found;
}

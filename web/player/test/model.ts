import type { Block, Gap, Page } from '../src/model/manifest';

/** A block of whole chunks for tests of pure logic: seqs from `first` on, clocks from `from` to `to`. */
export function block(first: number, count: number, from: number | null, to: number | null, snapshot = false, part = 0): Block {
  return {
    address: `parts/${part}/${first}`, sha256: '0'.repeat(64), bytes: count * 10, first_seq: first, last_seq: first + count - 1,
    from, to, snapshot, chunks: Array.from({ length: count }, (_, i) => [first + i, 10]),
  };
}

export function gap(from_seq: number, to_seq: number, cause: Gap['cause'], from: number | null = null, to: number | null = null): Gap {
  return { from_seq, to_seq, cause, reason: null, from, to };
}

export function page(id: string, start_ms: number, end_ms: number, blocks: Block[], gaps: Gap[] = []): Page {
  return {
    page: id, ordinal: 0, url: `https://shop.example/${id}`, title: id, viewport: { width: 800, height: 600 }, color_scheme: 'light', start_ms, end_ms,
    quality: 'exact', error_ms: 0, ended: true, stretches: [], blocks, gaps,
  };
}

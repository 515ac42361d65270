import { MARK_LIMIT } from './activity';
import type { Manifest } from './manifest';
import type { Mark } from './marks';

/** What one block holds for the lists. */
export interface BlockLines {
  page: string;
  address: string;
  marks: Mark[];
  /** Entries in each second of the session. */
  counts: [second: number, count: number][];
}

interface ReadBlock extends BlockLines {
  first: number;
  last: number;
}

/**
 * What the blocks that were read hold for the lists. While one watches, chunks are sealed and come again as blocks of a
 * part: those take the place of what was read of the same chunks, so that nothing is listed twice.
 */
export class ReadBlocks {
  private readonly blocks = new Map<string, ReadBlock>();
  private size = 0;

  /** False when there is nothing new in it: it was read before, or the session is not made of it any more. */
  take(lines: BlockLines, manifest: Manifest): boolean {
    const key = keyOf(lines.page, lines.address);
    const block = manifest.pages.find(({ page }) => page === lines.page)?.blocks.find(({ address }) => address === lines.address);
    if (block === undefined || this.blocks.has(key)) return false;
    const { first_seq: first, last_seq: last } = block;
    for (const [other, it] of this.blocks) {
      if (it.page === lines.page && it.first <= last && first <= it.last) {
        this.blocks.delete(other);
        this.size -= it.marks.length;
      }
    }
    const marks = this.size + lines.marks.length <= MARK_LIMIT ? lines.marks : [];
    this.size += marks.length;
    this.blocks.set(key, { ...lines, marks, first, last });
    return true;
  }

  has(page: string, address: string): boolean {
    return this.blocks.has(keyOf(page, address));
  }

  /** All lines, in order of time. */
  marks(): Mark[] {
    return [...this.blocks.values()].flatMap(({ marks }) => marks).sort((a, b) => a.t - b.t || a.seq - b.seq || a.i - b.i);
  }

  /** Entries in each second of the session. */
  counts(): Map<number, number> {
    const sum = new Map<number, number>();
    for (const { counts } of this.blocks.values()) {
      for (const [second, count] of counts) sum.set(second, (sum.get(second) ?? 0) + count);
    }
    return sum;
  }
}

const keyOf = (page: string, address: string): string => `${page}/${address}`;

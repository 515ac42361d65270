import type { Block, GapCause, Manifest } from './manifest';

/** What was found out about blocks by fetching them. It outlives manifests, whose blocks are new objects each time. */
export class VerdictBook {
  private readonly causes = new Map<string, GapCause>();

  has(page: string, address: string): boolean {
    return this.causes.has(`${page}/${address}`);
  }

  /** False when the block has its verdict: the first one stays. */
  add(page: string, address: string, cause: GapCause): boolean {
    const key = `${page}/${address}`;
    if (this.causes.has(key)) return false;
    this.causes.set(key, cause);
    return true;
  }

  /** The blocks of a manifest that cannot be played. */
  of(manifest: Manifest): Map<Block, GapCause> {
    const bad = new Map<Block, GapCause>();
    for (const page of manifest.pages) {
      for (const block of page.blocks) {
        const cause = this.causes.get(`${page.page}/${block.address}`);
        if (cause !== undefined) bad.set(block, cause);
      }
    }
    return bad;
  }
}

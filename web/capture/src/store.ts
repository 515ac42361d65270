import type { Chunk } from './chunk';

/** What is known of a stored chunk without reading its body. */
export type Stored = Pick<Chunk, 'page' | 'seq' | 'opened' | 'bytes' | 'snapshot' | 'gap' | 'sent' | 'owner' | 'privacy'>;

/** Chunks in IndexedDB. Bodies lie apart, so that listing reads none of them. */
export interface ChunkStore {
  /** Stores a chunk, or what it holds now. */
  put(chunk: Chunk): Promise<void>;
  /** Notes that the chunk is on its way. */
  mark(chunk: Stored): Promise<void>;
  /** The same for a chunk of another document, with what it holds; null when it is not there any more. */
  claim(chunk: Stored): Promise<Chunk | null>;
  /** Stores the gap that takes the chunk's place, unless it was on its way; false when it was, or is not there. */
  replace(gap: Chunk): Promise<boolean>;
  load(chunk: Stored): Promise<Chunk | null>;
  remove(chunk: Stored): Promise<void>;
  list(): Promise<Stored[]>;
  clear(): Promise<void>;
}

const index = 'index', bodies = 'bodies';
const key = ({ page, seq }: Stored) => `${page}/${seq}`;

const summary = ({ page, seq, opened, bytes, snapshot, gap, sent, owner, privacy }: Stored): Stored =>
  ({ page, seq, opened, bytes, snapshot, gap, sent, owner, privacy });

/** Null where IndexedDB is missing, blocked, or does not answer within 2 s. */
export function openStore(name: string): Promise<ChunkStore | null> {
  return new Promise(resolve => {
    setTimeout(() => resolve(null), 2000);
    try {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(index);
        request.result.createObjectStore(bodies);
      };
      request.onerror = () => resolve(null);
      request.onsuccess = () => resolve(chunkStore(request.result));
    } catch {
      resolve(null);
    }
  });
}

function chunkStore(database: IDBDatabase): ChunkStore {
  // Whoever deletes the database (a person clearing data) must not have to wait for this page.
  database.onversionchange = () => database.close();
  /**
   * Runs one transaction; resolves with what `run` left, or with `otherwise` when the browser refuses.
   * @param reads `run` writes what depends on what it reads.
   */
  const transact = <T>(
    mode: IDBTransactionMode, otherwise: T, run: (index: IDBObjectStore, bodies: IDBObjectStore) => () => T, reads = false) =>
    new Promise<T>(resolve => {
      try {
        const transaction = database.transaction([index, bodies], mode);
        const result = run(transaction.objectStore(index), transaction.objectStore(bodies));
        transaction.oncomplete = () => resolve(result());
        transaction.onabort = transaction.onerror = () => resolve(otherwise);
        // A document that unloads gets no later turn in which the browser would commit by itself.
        if (!reads) transaction.commit?.();
      } catch {
        resolve(otherwise);
      }
    });

  return {
    put: chunk => transact<void>('readwrite', undefined, (metas, contents) => {
      metas.put(summary(chunk), key(chunk));
      contents.put({ ...chunk }, key(chunk));
      return () => undefined;
    }),
    mark: chunk => transact<void>('readwrite', undefined, metas => {
      metas.put({ ...summary(chunk), sent: true }, key(chunk));
      return () => undefined;
    }),
    claim: chunk => transact<Chunk | null>('readwrite', null, (metas, contents) => {
      const known = metas.get(key(chunk)), request = contents.get(key(chunk));
      request.onsuccess = () => (request.result ? metas.put({ ...known.result, sent: true }, key(chunk)) : metas.delete(key(chunk)));
      return () => request.result ?? null;
    }, true),
    replace: gap => transact('readwrite', false, (metas, contents) => {
      const known = metas.get(key(gap));
      let done = false;
      known.onsuccess = () => {
        if (!known.result || known.result.sent) return;
        metas.put(summary(gap), key(gap));
        contents.put({ ...gap }, key(gap));
        done = true;
      };
      return () => done;
    }, true),
    load: chunk => transact<Chunk | null>('readonly', null, (_, contents) => {
      const request = contents.get(key(chunk));
      return () => request.result ?? null;
    }),
    remove: chunk => transact<void>('readwrite', undefined, (metas, contents) => {
      metas.delete(key(chunk));
      contents.delete(key(chunk));
      return () => undefined;
    }),
    list: () => transact<Stored[]>('readonly', [], metas => {
      const request = metas.getAll();
      return () => request.result;
    }),
    clear: () => transact<void>('readwrite', undefined, (metas, contents) => {
      metas.clear();
      contents.clear();
      return () => undefined;
    }),
  };
}

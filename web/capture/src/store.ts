import type { Chunk } from './chunk';

/** What is known of a stored chunk without reading its body. */
export interface Stored extends Pick<Chunk, 'page' | 'seq' | 'bytes' | 'snapshot' | 'gap'> {
  key: number;
}

/** Chunks in IndexedDB. Bodies lie apart, so that listing reads none of them. */
export interface ChunkStore {
  /** Stores under a new key, or over an old one; null when the browser refuses. */
  put(chunk: Chunk, key?: number): Promise<number | null>;
  load(key: number): Promise<Chunk | null>;
  remove(key: number): Promise<void>;
  list(): Promise<Stored[]>;
  clear(): Promise<void>;
}

const index = 'index', bodies = 'bodies';

/** Null where IndexedDB is missing, blocked, or does not answer within 2 s. */
export function openStore(name: string): Promise<ChunkStore | null> {
  return new Promise(resolve => {
    setTimeout(() => resolve(null), 2000);
    try {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(index, { autoIncrement: true });
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
  /** Runs one transaction; resolves with what `run` left, or with `otherwise` when the browser refuses. */
  const transact = <T>(mode: IDBTransactionMode, otherwise: T, run: (index: IDBObjectStore, bodies: IDBObjectStore) => () => T) =>
    new Promise<T>(resolve => {
      try {
        const transaction = database.transaction([index, bodies], mode);
        const result = run(transaction.objectStore(index), transaction.objectStore(bodies));
        transaction.oncomplete = () => resolve(result());
        transaction.onabort = transaction.onerror = () => resolve(otherwise);
      } catch {
        resolve(otherwise);
      }
    });

  return {
    put: (chunk, known) => transact<number | null>('readwrite', null, (metas, contents) => {
      const { page, seq, bytes, snapshot, gap } = chunk;
      const copy = { ...chunk };
      const request = metas.put({ page, seq, bytes, snapshot, gap }, known);
      request.onsuccess = () => contents.put(copy, request.result);
      return () => request.result as number;
    }),
    load: key => transact<Chunk | null>('readonly', null, (_, contents) => {
      const request = contents.get(key);
      return () => request.result ?? null;
    }),
    remove: key => transact<void>('readwrite', undefined, (metas, contents) => {
      metas.delete(key);
      contents.delete(key);
      return () => undefined;
    }),
    list: () => transact<Stored[]>('readonly', [], metas => {
      const keys = metas.getAllKeys(), values = metas.getAll();
      return () => values.result.map((value, i) => ({ ...value, key: keys.result[i] as number }));
    }),
    clear: () => transact<void>('readwrite', undefined, (metas, contents) => {
      metas.clear();
      contents.clear();
      return () => undefined;
    }),
  };
}

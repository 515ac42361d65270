const CHUNK_MS = 5_000;
const META = 4;
const FULL_SNAPSHOT = 2;

/** Cuts entries into chunks as the SDK does: about 5 s of page clock, and a full snapshot with its meta event begins one. */
export function chunked(entries) {
  const chunks = [];
  let openedAt = 0;
  entries.forEach((entry, index) => {
    const snapshot = isRrweb(entry, META) && isRrweb(entries[index + 1], FULL_SNAPSHOT);
    const at = entry.at ?? openedAt;
    if (chunks.length === 0 || snapshot || at - openedAt > CHUNK_MS) {
      chunks.push({ seq: chunks.length, entries: [], snapshot });
      openedAt = at;
    }
    chunks[chunks.length - 1].entries.push(entry);
  });
  return chunks;
}

const isRrweb = (entry, type) => entry?.k === 'rrweb' && entry.d.type === type;

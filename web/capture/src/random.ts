const hex = (bytes: Uint8Array) => Array.from(bytes, b => b.toString(16).padStart(2, '0')).join('');

/** 128 random bits as 32 hex digits. */
export const randomHex = () => hex(crypto.getRandomValues(new Uint8Array(16)));

/** UUID version 4, lower case. Written out because crypto.randomUUID is missing in insecure contexts. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** 64-bit FNV-1a of the text as 16 hex digits: equal texts, equal fingerprints. */
export function fingerprint(text: string): string {
  let low = 0x84222325, high = 0xcbf29ce4;
  for (let i = 0; i < text.length; i++) {
    low ^= text.charCodeAt(i);
    const product = (low >>> 0) * 0x1b3;
    high = (Math.imul(high, 0x1b3) + Math.floor(product / 2 ** 32) + (low << 8)) >>> 0;
    low = product >>> 0;
  }
  return [high, low].map(half => (half >>> 0).toString(16).padStart(8, '0')).join('');
}

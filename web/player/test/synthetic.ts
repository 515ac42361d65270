import { chunked } from '../samples/chunks.mjs';
import { hour } from '../samples/hour.mjs';
import { recordingOf, type Recording } from './recording';

export const SYNTHETIC_PAGE = '0d5c9f6e-8f55-4f0a-9f7e-3c5f0b9d1c22';

/** The made-up visit as a sealed session of one page. */
export function synthetic(durationMs: number, entries: number): Recording {
  const { entries: all, width, height } = hour({ durationMs, entries });
  return recordingOf([{
    page: SYNTHETIC_PAGE, url: 'https://shop.example/hour', title: 'An hour in the shop', viewport: { width, height },
    startMs: 0, endMs: durationMs, chunks: chunked(all),
  }]);
}

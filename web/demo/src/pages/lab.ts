import { need } from '../dom';

/** Things that go wrong on purpose, each to be found again in the recording. */
export function lab(): void {
  const out = need('#outcome');
  const on = (id: string, run: () => void) => need(`#${id}`).addEventListener('click', run);
  on('throw', () => {
    out.textContent = 'An error was thrown. Find it under Errors in the replay.';
    throw new TypeError('Cannot read the price of an undefined teapot');
  });
  on('reject', () => {
    out.textContent = 'A promise was rejected and nobody caught it.';
    void Promise.reject(new Error('The stock service hung up'));
  });
  on('log', () => {
    console.info('Lab: a message', { shelf: 3, kettles: ['stag', 'hearth'] });
    console.warn('Lab: a warning');
    console.error('Lab: an error message');
    out.textContent = 'Three messages went to the console.';
  });
  on('slow', () => void slow(out));
}

async function slow(out: HTMLElement): Promise<void> {
  const started = performance.now();
  out.textContent = 'Waiting for a slow answer…';
  const response = await fetch('api/slow');
  out.textContent = `It answered ${response.status} after ${Math.round(performance.now() - started)} ms.`;
}

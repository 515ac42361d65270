// Measures in the browser what a viewer sees. The recorded page shows a mark that changes all the time; a moment is
// drawn when the mark of that moment is in the shown document and the frame with it has been rendered.

/** Runs in every frame before its own scripts; tells the top window each mark that comes on the screen. */
function watchMarks() {
  const SHOWN = '.surface.shown:last-of-type iframe, .rr-player iframe';
  let last = null;
  const look = () => {
    requestAnimationFrame(look);
    const mark = document.querySelector(SHOWN)?.contentDocument?.getElementById('mark')?.textContent ?? null;
    if (mark === null || mark === last) return;
    last = mark;
    // A message to oneself comes after the frame in whose preparation it was sent.
    const channel = new MessageChannel();
    channel.port1.onmessage = () => window.top.postMessage({ drawnMark: mark }, '*');
    channel.port2.postMessage(0);
  };
  requestAnimationFrame(look);
  if (window !== window.top) return;
  const drawn = [];
  window.addEventListener('message', ({ data }) => {
    if (typeof data?.drawnMark !== 'string') return;
    drawn.push({ mark: data.drawnMark, at: performance.now() });
    window.dispatchEvent(new Event('mark-drawn'));
  });
  /** When the mark (any, when it is null) was drawn first at or after `since`, ms of this page's clock. */
  window.markDrawn = (mark, since) => new Promise((resolve) => {
    const find = () => {
      const found = drawn.find((it) => it.at >= since && (mark === null || it.mark === mark));
      if (found === undefined) return;
      window.removeEventListener('mark-drawn', find);
      resolve(found.at);
    };
    window.addEventListener('mark-drawn', find);
    find();
  });
}

/** A page of a fresh profile: nothing is in its cache. */
async function freshPage(browser, storageState) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, storageState });
  await context.addInitScript(watchMarks);
  return context.newPage();
}

/** From navigation to the first drawn frame, ms. */
async function openFirst(page, address) {
  await page.goto(address, { waitUntil: 'commit' });
  return page.evaluate(() => window.markDrawn(null, 0));
}

/** A player under measurement: how it is opened, paused and sent to a time. */
export class Subject {
  /** @param {{ name: string, address: () => string, pause: (page) => Promise<void>, seek: (t: number) => void }} how */
  constructor(how, storageState) {
    Object.assign(this, how);
    this.storageState = storageState;
    this.first = [];
    this.seeks = [];
  }

  /** Opens once and goes to each target. @param {{ t: number, mark: string }[]} targets */
  async measure(browser, targets) {
    const page = await freshPage(browser, this.storageState);
    try {
      this.first.push(await openFirst(page, this.address()));
      await this.pause(page);
      for (const target of targets) this.seeks.push(await this.#seek(page, target));
    } finally {
      await page.context().close();
    }
  }

  async #seek(page, { t, mark }) {
    const began = await page.evaluate(this.seek, t);
    return (await page.evaluate(([wanted, since]) => window.markDrawn(wanted, since), [mark, began])) - began;
  }
}

/** Recount's session page, by its own time line. */
export const recountSubject = (name, address, storageState) => new Subject({
  name, address,
  pause: async (page) => {
    await page.keyboard.press(' ');
    await page.waitForSelector('.rp[data-status="paused"]');
  },
  seek: (t) => {
    const line = document.querySelector('.rp-timeline');
    const box = line.getBoundingClientRect();
    const end = Number(line.getAttribute('aria-valuemax'));
    const at = { bubbles: true, button: 0, pointerId: 1, clientX: box.left + (t / end) * box.width };
    line.setPointerCapture = () => {};
    const began = performance.now();
    line.dispatchEvent(new PointerEvent('pointerdown', at));
    return began;
  },
}, storageState);

export const rrwebSubject = (name, address) => new Subject({
  name, address,
  pause: (page) => page.evaluate(() => window.player.pause()),
  seek: (t) => {
    const began = performance.now();
    window.player.goto(t, false);
    return began;
  },
});

import { Replayer } from '@rrweb/replay';
import { outline } from '../../src/privacy/outline';

/** Plays events to their end in this page and gives the outline of what is shown. */
(window as any).replayOutline = async (events: any[]) => {
  // Page clocks start at 0, and a replayer wants times.
  const replayer = new Replayer(events, { root: document.body, showWarning: false, mouseTail: false });
  const total = replayer.getMetaData().totalTime;
  await new Promise<void>(resolve => {
    replayer.on('finish', () => resolve());
    replayer.play(Math.max(0, total - 1));
  });
  return outline(replayer.iframe.contentDocument!);
};

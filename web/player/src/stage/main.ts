import rrwebCss from '@rrweb/replay/dist/style.css';
import { readCommand, type Notice } from '../protocol';
import { canHash } from './blockStore';
import { Playback } from './playback';
import { Screen } from './screen';
import stageCss from './stage.css';

/** The one origin this stage listens to and speaks to; the server writes it into the stage's document. */
const appOrigin = document.documentElement.dataset.appOrigin ?? '';

/** The session page may begin to listen after the stage has loaded, so the stage greets until it is answered. */
const GREET_EVERY_MS = 50;

function tell(notice: Notice): void {
  // An empty origin is refused by the browser, so a stage without one stays silent.
  window.parent.postMessage(notice, appOrigin);
}

function start(): void {
  const style = document.createElement('style');
  style.textContent = rrwebCss + stageCss;
  const host = document.createElement('main');
  document.head.append(style);
  document.body.append(host);

  const screen = new Screen(host);
  let playback: Playback | null = null;
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.origin !== appOrigin || event.source !== window.parent) return;
    const command = readCommand(event.data);
    if (command === null) return;
    if (command.type !== 'open') playback?.take(command);
    else if (playback === null) {
      clearInterval(greeting);
      playback = new Playback(command, screen, tell);
    }
  });
  // rrweb casts events from timers and microtasks of its own, so this is where their failures come out.
  window.addEventListener('error', (event) => {
    // Browsers also report things here that are nobody's failure, such as a ResizeObserver that was late.
    if (event.error instanceof Error) playback?.pictureFailed(event.error);
  });
  window.addEventListener('unhandledrejection', (event) => playback?.pictureFailed(event.reason));
  document.addEventListener('visibilitychange', () => playback?.visible(document.visibilityState === 'visible'));
  const greet = (): void => tell({ type: 'hello', checks: canHash() });
  const greeting = setInterval(greet, GREET_EVERY_MS);
  greet();
}

if (appOrigin !== '' && window.parent !== window) start();

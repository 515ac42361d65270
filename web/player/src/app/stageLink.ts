import { readNotice, type Command, type Notice } from '../protocol';

/** The frame on the replay host, and the only way to speak with it. */
export class StageLink {
  readonly frame: HTMLIFrameElement;
  private readonly origin: string;

  constructor(src: string, heard: (notice: Notice) => void) {
    this.origin = new URL(src, location.href).origin;
    this.frame = document.createElement('iframe');
    this.frame.className = 'rp-stage';
    this.frame.title = 'Recorded page';
    // Its own origin, scripts, and nothing else: no pop-ups, forms, downloads or navigation of this page.
    this.frame.setAttribute('sandbox', 'allow-scripts allow-same-origin');
    this.frame.referrerPolicy = 'no-referrer';
    this.frame.tabIndex = -1;
    window.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (event.origin !== this.origin || event.source !== this.frame.contentWindow) return;
      const notice = readNotice(event.data);
      if (notice !== null) heard(notice);
    });
    this.frame.src = src;
  }

  send(command: Command): void {
    this.frame.contentWindow?.postMessage(command, this.origin);
  }
}

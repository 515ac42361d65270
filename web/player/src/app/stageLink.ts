import { readNotice, type Command, type Notice } from '../protocol';

/** The only way to speak with the stage: the frame on the replay host, which the page came with. */
export class StageLink {
  private readonly origin: string;

  constructor(private readonly frame: HTMLIFrameElement, heard: (notice: Notice) => void) {
    this.origin = new URL(frame.src, location.href).origin;
    window.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (event.origin !== this.origin || event.source !== this.frame.contentWindow) return;
      const notice = readNotice(event.data);
      if (notice !== null) heard(notice);
    });
  }

  send(command: Command): void {
    this.frame.contentWindow?.postMessage(command, this.origin);
  }
}

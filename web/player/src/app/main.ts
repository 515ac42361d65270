import { Player } from './player';

/** Starts the player of each element that asks for one. */
for (const root of document.querySelectorAll<HTMLElement>('[data-recount-player]')) {
  const { manifestUrl = '', tokenUrl = '', stageUrl = '', antiforgery = '' } = root.dataset;
  void new Player(root, { manifest: manifestUrl, token: tokenUrl, stage: stageUrl, antiforgery }).open();
}

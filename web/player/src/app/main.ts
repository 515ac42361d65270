import { Player } from './player';
import { takeGiven } from './server';

/** Starts the player of each element that asks for one. */
for (const root of document.querySelectorAll<HTMLElement>('[data-recount-player]')) {
  const { manifestUrl = '', tokenUrl = '', antiforgery = '' } = root.dataset;
  void new Player(root, { manifest: manifestUrl, token: tokenUrl, antiforgery }).open(takeGiven(root));
}

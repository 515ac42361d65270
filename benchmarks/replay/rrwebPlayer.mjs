// What Recount is measured beside: rrweb-player in a page that gives it the whole session as one JSON array.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';

const DIST = new URL('../../web/node_modules/rrweb-player/dist/', import.meta.url);
const PAGE = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>rrweb-player</title><link rel="stylesheet" href="/player.css">
<script src="/player.js"></script></head><body><script>
fetch('/events.json').then((answer) => answer.json()).then((events) => {
  const Player = rrwebPlayer.default || rrwebPlayer;
  window.player = new Player({ target: document.body, props: { events, width: 1024, height: 600, skipInactive: false } });
});
</script></body></html>`;

/** Serves the page on a free port of loopback. @param {object[]} events rrweb's events */
export async function serveRrwebPlayer(events) {
  const json = Buffer.from(JSON.stringify(events));
  const files = {
    '/': ['text/html', Buffer.from(PAGE)],
    '/player.css': ['text/css', await readFile(new URL('style.min.css', DIST))],
    '/player.js': ['text/javascript', await readFile(new URL('rrweb-player.umd.min.cjs', DIST))],
    '/events.json': ['application/json', json],
  };
  const server = createServer((request, response) => {
    const file = files[request.url];
    if (file === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': `${file[0]}; charset=utf-8`, 'Content-Length': file[1].length }).end(file[1]);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://localhost:${server.address().port}/`,
    bytes: json.length,
    stop: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    }),
  };
}

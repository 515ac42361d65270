// The install snippet as a file: the shop's content security policy allows no inline script. The queue keeps calls that
// are made before the recorder has loaded.
interface Queue { q: unknown[][]; [method: string]: unknown }

const target = window as unknown as { Recount?: Queue; recountDemo?: { key: string; host: string } };

if (target.recountDemo?.key) {
  const queue: Queue = { q: [] };
  for (const method of ['init', 'identify', 'track']) queue[method] = (...values: unknown[]) => queue.q.push([method, ...values]);
  target.Recount = queue;
  const { key, host } = target.recountDemo;
  (queue.init as (options: object) => void)({ key, host, privacy: 'inputs' });
  const script = document.createElement('script');
  script.async = true;
  script.src = '/capture/v1/recount.js';
  document.head.append(script);
}

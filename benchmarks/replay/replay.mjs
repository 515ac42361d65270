// ./bench replay [opens]: how soon the first frame of an hour-long session of 30,000 entries is there, and how long a
// seek in it takes, beside rrweb-player that is given the whole session as JSON. Needs the Release build and web/dist.
import { createRequire } from 'node:module';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { chunked } from '../../web/player/samples/chunks.mjs';
import { hour } from '../../web/player/samples/hour.mjs';
import { Recount } from './recount.mjs';
import { median, p95, Report } from './report.mjs';
import { serveRrwebPlayer } from './rrwebPlayer.mjs';
import { recountSubject, rrwebSubject } from './watch.mjs';

const { chromium } = createRequire(new URL('../../web/package.json', import.meta.url))('playwright-core');
const HOUR_MS = 3_600_000;
const ENTRIES = 30_000;
const SEEKS = 20;
const FIRST_FRAME_GOAL_MS = 1_000;
const SEEK_GOAL_MS = 300;
const OPENS = Number(process.argv[2] ?? 5);
const CHROMIUM_ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Nothing is sealed while the unsealed session is measured, and everything at once afterwards. */
const KEPT_PENDING = {
  RECOUNT__Recordings__QuietPeriod: '01:00:00', RECOUNT__Recordings__EndedQuietPeriod: '01:00:00',
  RECOUNT__Recordings__MaxUnsealedAge: '1.00:00:00', RECOUNT__Recordings__MaxUnsealedBytes: '1 GiB',
  RECOUNT__Recordings__LiveWindow: '00:00:01',
};
const SEALED_SOON = {
  RECOUNT__Recordings__QuietPeriod: '00:00:00.500', RECOUNT__Recordings__EndedQuietPeriod: '00:00:00.500',
  RECOUNT__Recordings__SealInterval: '00:00:00.100', RECOUNT__Recordings__LiveWindow: '00:00:01',
};

/** Times spread over the hour in a shuffled order that is always the same, each in the middle of its mark. */
function targetsOf(marks) {
  const targets = Array.from({ length: SEEKS }, (_, i) => {
    const index = Math.floor(((i + 0.5) / SEEKS) * marks.length);
    return { t: (marks[index].at + (marks[index + 1]?.at ?? HOUR_MS)) / 2, mark: marks[index].mark };
  });
  // 7 and 20 have no common factor: a walk that visits each once, here and there.
  return targets.map((_, i) => targets[(i * 7 + 3) % SEEKS]);
}

/** Makes the owner, as a person would, and hands out the browser's sign-in. */
async function signIn(browser, recount) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(recount.firstRun);
  await page.fill('#name', 'bench');
  await page.fill('#password', randomUUID());
  await Promise.all([page.waitForURL((url) => url.pathname !== '/first-run'), page.click('button[type="submit"]')]);
  const state = await context.storageState();
  await context.close();
  return state;
}

function printTable(report, pending, sealed, beside) {
  const row = (figure, goal, of) => report.line(
    `| ${figure} | ${of(sealed).toFixed(0)} | ${of(pending).toFixed(0)} | ${of(beside).toFixed(0)} | ${(of(sealed) / of(beside)).toFixed(2)} | ${goal} |`);
  report.line('| ms | Recount, sealed | Recount, not sealed | rrweb-player | sealed / rrweb-player | goal |');
  report.line('| --- | --- | --- | --- | --- | --- |');
  row('first frame, median', `< ${FIRST_FRAME_GOAL_MS}`, ({ first }) => median(first));
  row('first frame, p95', '', ({ first }) => p95(first));
  row('seek, median', `< ${SEEK_GOAL_MS}`, ({ seeks }) => median(seeks));
  row('seek, p95', '', ({ seeks }) => p95(seeks));
}

async function measure(browser, subjects, targets) {
  // In turns, so that what else the machine does falls on all of them.
  for (let i = 0; i < OPENS; i++) {
    for (const subject of subjects) await subject.measure(browser, targets);
  }
}

async function run(data) {
  const { entries, marks } = hour({ durationMs: HOUR_MS, entries: ENTRIES, startedAt: Date.now() - HOUR_MS });
  const chunks = chunked(entries);
  const targets = targetsOf(marks);
  const [session, page] = [randomUUID(), randomUUID()];
  const recount = new Recount(data);
  const player = await serveRrwebPlayer(entries.filter(({ k }) => k === 'rrweb').map(({ d }) => d));
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: CHROMIUM_ARGS });
  try {
    await recount.start(KEPT_PENDING);
    const { key } = await recount.cli('apps', 'create', 'bench');
    const { token } = await recount.cli('tokens', 'create', 'bench', '--role', 'admin');
    const state = await signIn(browser, recount);
    await recount.send(key, session, page, chunks);
    const address = () => `${recount.address}/sessions/${session}`;
    const pending = recountSubject('pending', address, state);
    const sealed = recountSubject('sealed', address, state);
    const beside = rrwebSubject('rrweb-player', () => player.address);
    await recount.reaches(token, session, chunks.length, 'pending');
    await measure(browser, [pending], targets);
    await recount.stop();
    await recount.start(SEALED_SOON);
    await recount.reaches(token, session, chunks.length, 'sealed');
    await measure(browser, [sealed, beside], targets);

    const report = new Report('replay');
    report.line(`# replay: an hour-long session, ${ENTRIES.toLocaleString('en')} entries in ${chunks.length} chunks`);
    report.machine(browser.version());
    printTable(report, pending, sealed, beside);
    report.line();
    report.line(`Each opened ${OPENS} times in a fresh profile, playing, then paused and sent to ${SEEKS} times in a fixed shuffled order, one after the`);
    report.line('other without a rest. First frame: from navigation to the first rendered frame. Seek: from the call to the rendered frame of');
    report.line(`that time. rrweb-player 2.1.6 gets its ${(player.bytes / 2 ** 20).toFixed(1)} MiB of JSON from a static server on loopback.`);
    report.keep();
  } finally {
    await browser.close();
    await recount.stop();
    await player.stop();
  }
}

const state = new URL('../../.state/', import.meta.url).pathname;
await mkdir(state, { recursive: true });
const data = await mkdtemp(join(state, 'bench-'));
try {
  await run(data);
} finally {
  await rm(data, { recursive: true, force: true });
}

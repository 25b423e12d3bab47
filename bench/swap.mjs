import { signIn } from '../scripts/demo/people.mjs';
import { buildFailure } from '../scripts/demo/publish.mjs';
import { request } from '../scripts/demo/request.mjs';
import { until } from '../scripts/demo/wait.mjs';
import { step } from '../scripts/setup/progress.mjs';
import { median, rounded } from './figures.mjs';
import { removeDashboard, VIEWER, withHub } from './hub.mjs';
import { changeProject, publishApp } from './published.mjs';
import { APPS } from './publish/apps.mjs';
import { showsMarker } from './publish/page.mjs';
import { LOOK_EVERY_MS, startedBare } from './publish.mjs';
import { NAVIGATION, startLightLoad } from './swap/light-load.mjs';

export const CASES = Object.keys(APPS);

const WITHIN_MS = 60_000;

/**
 * From the client's POST of an update to the page of the new version in the hands of a viewer, beside the bare command, in turns;
 * and what others who look meanwhile do not get.
 *
 * @param {import('./measure.mjs').Bench} bench
 */
export function run(bench) {
  return withHub(bench, async hub => {
    const cases = {};
    for (const name of CASES.filter(one => bench.wanted(one))) {
      cases[name] = await measure(bench, hub, APPS[name]);
    }
    return cases;
  });
}

async function measure(bench, hub, app) {
  const published = await step(`Publishing with ${app.title}`, () => publishApp(bench, hub, app));
  const viewer = await signIn(hub.hub, VIEWER);
  const { url } = await viewer.open(published.dashboard.link, { signal: bench.signal });
  const seen = { ...published, viewer, root: new URL('../../', url) };
  const load = startLightLoad({ ...seen, part: app.part, signal: bench.signal });
  const pairs = [];
  try {
    // The first of a kind fills caches.
    await startedBare(bench, app);
    await updated(bench, hub, app, seen);
    for (let n = 1; n <= bench.pairs; n++) {
      const pair = await step(`${app.title}, pair ${n} of ${bench.pairs}`, () => comparePair(bench, hub, app, seen, n));
      pairs.push(pair);
      process.stdout.write(`    bare ${pair.bare_s} s, updated ${pair.updated_s} s\n`);
    }
  } finally {
    await load.stop();
  }
  await removeDashboard(hub, published.dashboard.id, bench.signal);
  return {
    value: rounded(median(pairs.map(pair => pair.updated_s))),
    unit: 's',
    overhead_s: rounded(median(pairs.map(pair => pair.updated_s - pair.bare_s))),
    bare_s: rounded(median(pairs.map(pair => pair.bare_s))),
    failed_requests: load.failed.length,
    requests: load.answered,
    ...(load.failed.length > 0 && { failed: load.failed.slice(0, 20) }),
    runs: pairs,
    reference: app.command.join(' ')
  };
}

async function comparePair(bench, hub, app, seen, n) {
  const bare = () => startedBare(bench, app);
  const update = () => updated(bench, hub, app, seen);
  const turns = n % 2 === 0 ? { updated_s: update, bare_s: bare } : { bare_s: bare, updated_s: update };
  const pair = {};
  for (const [what, take] of Object.entries(turns)) {
    pair[what] = rounded(await take());
  }
  return pair;
}

/** @returns seconds from the POST to the page of the new version. */
async function updated(bench, { call, hub }, app, { dashboard, folder, viewer, root }) {
  const { signal } = bench;
  const marker = changeProject(app, folder);
  const patience = { everyMs: LOOK_EVERY_MS, withinMs: WITHIN_MS, signal, log: hub.log };
  const begun = performance.now();
  const { build } = await call('POST', `api/v1/dashboards/${dashboard.id}/versions`, {});
  try {
    // Where a viewer would be led to; the page itself would have the old version work, beside the new one that starts.
    await until(
      'The new version did not become live',
      async () => ((await ledTo(viewer, root, signal)) === build.version ? true : undefined),
      patience
    );
    await until(
      'The page of the new version was not there',
      () => showsMarker(app, viewer, root.href, marker, signal),
      patience
    );
    return (performance.now() - begun) / 1_000;
  } catch (error) {
    const ended = await call('GET', `api/v1/builds/${build.id}`);
    throw ended.problem ? buildFailure(ended, hub.log) : error;
  }
}

/** Number of the version that a navigation to the server's root is led to. */
async function ledTo(viewer, root, signal) {
  const { headers } = await request(root, { headers: { ...NAVIGATION, cookie: viewer.cookieHeader(root) }, signal });
  return Number(/\/v\/(\d+)\//.exec(headers.location ?? '')?.[1]);
}

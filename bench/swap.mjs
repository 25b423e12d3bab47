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
  const pairs = [];
  await step('A first pair, which fills caches', () => comparePair(bench, hub, app, seen));
  for (let n = 1; n <= bench.pairs; n++) {
    const pair = await step(`${app.title}, pair ${n} of ${bench.pairs}`, () =>
      comparePair(bench, hub, app, seen, n % 2 === 0)
    );
    pairs.push(pair);
    process.stdout.write(`    bare ${pair.bare_s} s, updated ${pair.updated_s} s\n`);
  }
  const failed = pairs.flatMap(pair => pair.failed);
  await removeDashboard(hub, published.dashboard.id, bench.signal);
  return {
    value: rounded(median(pairs.map(pair => pair.updated_s))),
    unit: 's',
    overhead_s: rounded(median(pairs.map(pair => pair.updated_s - pair.bare_s))),
    live_overhead_s: rounded(median(pairs.map(pair => pair.live_s - pair.bare_s))),
    bare_s: rounded(median(pairs.map(pair => pair.bare_s))),
    failed_requests: failed.length,
    requests: pairs.reduce((sum, pair) => sum + pair.requests, 0),
    runs: pairs,
    reference: app.command.join(' ')
  };
}

async function comparePair(bench, hub, app, seen, updateFirst = false) {
  const update = () => updated(bench, hub, app, seen);
  const first = updateFirst ? await update() : null;
  const bareS = await startedBare(bench, app);
  return { bare_s: rounded(bareS), ...(first ?? (await update())) };
}

/**
 * One update while others look.
 *
 * @returns seconds from the POST until viewers are led to the new version, and to its page in the hands of one of them
 */
async function updated(bench, { call, hub }, app, { dashboard, folder, viewer, root }) {
  const { signal } = bench;
  const marker = changeProject(app, folder);
  const patience = { everyMs: LOOK_EVERY_MS, withinMs: WITHIN_MS, signal, log: hub.log };
  const load = startLightLoad({ viewer, root, part: app.part, signal });
  const begun = performance.now();
  const passed = () => rounded((performance.now() - begun) / 1_000);
  const { build } = await call('POST', `api/v1/dashboards/${dashboard.id}/versions`, {});
  try {
    // A page that is opened earlier would have the old version work beside the new one that starts.
    const isLed = async () => ((await ledTo(viewer, root, signal)) === build.version ? true : undefined);
    await until('The new version did not become live', isLed, patience);
    const live = passed();
    const isThere = () => showsMarker(app, viewer, root.href, marker, signal);
    await until('The page of the new version was not there', isThere, patience);
    const page = passed();
    await load.stop();
    return { live_s: live, updated_s: page, requests: load.answered, failed: load.failed };
  } catch (error) {
    const ended = await call('GET', `api/v1/builds/${build.id}`);
    throw ended.problem ? buildFailure(ended, hub.log) : error;
  } finally {
    await load.stop();
  }
}

/** Number of the version that a navigation to the server's root is led to. */
async function ledTo(viewer, root, signal) {
  const { headers } = await request(root, { headers: { ...NAVIGATION, cookie: viewer.cookieHeader(root) }, signal });
  return Number(/\/v\/(\d+)\//.exec(headers.location ?? '')?.[1]);
}

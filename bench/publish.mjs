import { signIn } from '../scripts/demo/people.mjs';
import { buildFailure } from '../scripts/demo/publish.mjs';
import { until } from '../scripts/demo/wait.mjs';
import { Failure } from '../scripts/setup/failure.mjs';
import { step } from '../scripts/setup/progress.mjs';
import { median, rounded } from './figures.mjs';
import { removeDashboard, VIEWER, withHub } from './hub.mjs';
import { makeProject, publishRequest } from './published.mjs';
import { APPS } from './publish/apps.mjs';
import { startBare } from './publish/bare.mjs';
import { showsMarker } from './publish/page.mjs';

/** Their POSTs are the case `api`. */
export const CASES = [...Object.keys(APPS), 'api'];

/** Between the end of one look and the next, in both of a pair. */
export const LOOK_EVERY_MS = 20;
const WITHIN_MS = 60_000;
/** Pages of service and runner that wait for the app; they say 503, as pages of that kind should. */
const WAITS = /data-state="|id="progress"/;

/**
 * From the client's POST to the page with a marker that this run alone knows, in the hands of a viewer who is signed in
 * to the Hub and has never seen the dashboard; each beside the bare command, in turns.
 *
 * @param {import('./measure.mjs').Bench} bench
 */
export function run(bench) {
  return withHub(bench, async hub => {
    const cases = {};
    const posts = [];
    const wanted = Object.keys(APPS).filter(one => bench.wanted(one));
    for (const name of wanted.length > 0 ? wanted : ['streamlit']) {
      const app = APPS[name];
      const pairs = [];
      await comparePair(bench, hub, app, []);
      for (let n = 1; n <= bench.pairs; n++) {
        const pair = await step(`${app.title}, pair ${n} of ${bench.pairs}`, () =>
          comparePair(bench, hub, app, posts, n % 2 === 0)
        );
        pairs.push(pair);
        process.stdout.write(`    bare ${pair.bare_s} s, published ${pair.published_s} s\n`);
      }
      cases[name] = figure(app, pairs);
    }
    return Object.fromEntries(Object.entries({ ...cases, api: apiFigure(posts) }).filter(([one]) => bench.wanted(one)));
  });
}

function figure(app, pairs) {
  return {
    value: rounded(median(pairs.map(pair => pair.published_s))),
    unit: 's',
    overhead_s: rounded(median(pairs.map(pair => pair.published_s - pair.bare_s))),
    ratio_bare: rounded(median(pairs.map(pair => pair.published_s / pair.bare_s))),
    bare_s: rounded(median(pairs.map(pair => pair.bare_s))),
    runs: pairs,
    reference: app.command.join(' ')
  };
}

function apiFigure(posts) {
  return {
    value: rounded(median(posts.map(post => post.created_s))),
    unit: 's',
    link_s: rounded(median(posts.map(post => post.link_s))),
    runs: posts,
    reference: 'none: from the POST to its 201; then the link is opened once, and has to answer'
  };
}

/** One start of each kind, with a fresh marker. The first of a kind is thrown away: it fills caches. */
async function comparePair(bench, hub, app, posts, publishedFirst = false) {
  const bare = () => startedBare(bench, app);
  const published = () => startedPublished(bench, hub, app, posts);
  const first = await (publishedFirst ? published() : bare());
  const second = await (publishedFirst ? bare() : published());
  const [bareS, publishedS] = publishedFirst ? [second, first] : [first, second];
  return { bare_s: rounded(bareS), published_s: rounded(publishedS) };
}

/** @returns {Promise<number>} seconds from the start of the bare command to the marker. */
export async function startedBare(bench, app) {
  const { marker, folder } = makeProject(bench, app);
  const begun = performance.now();
  const bare = await startBare(bench, app, folder);
  try {
    await until(
      `${app.title} alone did not show the marker`,
      () => showsMarker(app, bare.visitor, bare.url, marker, bench.signal),
      {
        everyMs: LOOK_EVERY_MS,
        withinMs: WITHIN_MS,
        signal: bench.signal,
        log: bare.log
      }
    );
    return (performance.now() - begun) / 1_000;
  } finally {
    await bare.stop();
  }
}

/** @returns seconds from the POST to the marker. */
async function startedPublished(bench, hub, app, posts) {
  const { marker, folder } = makeProject(bench, app);
  const viewer = await signIn(hub.hub, VIEWER);
  const { signal } = bench;
  const begun = performance.now();
  const { dashboard, build } = await hub.call('POST', 'api/v1/dashboards', publishRequest(app, folder));
  const created = performance.now();
  try {
    const first = await viewer.open(dashboard.link, { signal });
    if (first.status >= 400 && !WAITS.test(first.text)) {
      throw new Failure(`The link of a dashboard that was just published answers with ${first.status}.`);
    }
    posts.push({
      created_s: rounded((created - begun) / 1_000),
      link_s: rounded((performance.now() - created) / 1_000)
    });
    await until(
      `${app.title} was published, but its viewer did not see the marker`,
      () => showsMarker(app, viewer, dashboard.link, marker, signal),
      {
        everyMs: LOOK_EVERY_MS,
        withinMs: WITHIN_MS,
        signal,
        log: hub.hub.log
      }
    );
    return (performance.now() - begun) / 1_000;
  } catch (error) {
    const ended = await hub.call('GET', `api/v1/builds/${build.id}`);
    throw ended.problem ? buildFailure(ended, hub.hub.log) : error;
  } finally {
    await removeDashboard(hub, dashboard.id, signal);
  }
}

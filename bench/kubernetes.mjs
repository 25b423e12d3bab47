import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { signIn } from '../scripts/demo/people.mjs';
import { buildFailure, buildLive, createApi } from '../scripts/demo/publish.mjs';
import { until } from '../scripts/demo/wait.mjs';
import { readyForCluster } from '../scripts/kubernetes/ready.mjs';
import { step } from '../scripts/setup/progress.mjs';
import { median, rounded } from './figures.mjs';
import { OWNER, VIEWER } from './hub.mjs';
import { BARE_SERVERS, startedBare } from './kubernetes/bare.mjs';
import { clusterModules } from './kubernetes/stage.mjs';
import { watchCluster } from './kubernetes/watch.mjs';
import { APPS } from './publish/apps.mjs';
import { showsMarker } from './publish/page.mjs';

/** Ways of files to their dashboard, by what `configure(c)` is told. */
const WAYS = {
  'publish-relay': { configure: '', strategy: 'relay' },
  'publish-clone': { configure: 'strategies=["clone", "git"]', strategy: 'clone' }
};

export const CASES = Object.keys(WAYS);

const LOOK_EVERY_MS = 20;
const WITHIN_MS = 60_000;
const APP = APPS.streamlit;

/**
 * From the client's POST to the page with a marker of this run alone, on the cluster of the tests with storage as Zero to
 * JupyterHub has it; beside a pod that the Hub starts with the bare command in it, in turns.
 *
 * @param {import('./measure.mjs').Bench} bench
 */
export async function run(bench) {
  const { installation, data, signal } = bench;
  const asked = { what: 'This benchmark is', command: 'npm run bench -- kubernetes' };
  const modules = await clusterModules(data, await readyForCluster(installation, asked));
  return withCluster(modules, signal, async cluster => {
    const cases = {};
    for (const name of CASES.filter(one => bench.wanted(one))) {
      cases[name] = await withStage({ modules, cluster, data }, WAYS[name], signal, on => measured(bench, on, name));
    }
    return cases;
  });
}

async function withCluster({ startProductCluster }, signal, work) {
  const cluster = await step('Starting a cluster', () => startProductCluster());
  try {
    signal.throwIfAborted();
    return await work(cluster);
  } finally {
    await cluster.stop();
  }
}

/** A hub with its people, and what the cluster says of it. */
async function withStage({ modules: { Stage, STOCK }, cluster }, { configure }, signal, work) {
  const options = { storage: STOCK, config: BARE_SERVERS, configure };
  const stage = await step('Starting a hub and a JupyterLab', () => Stage.set(cluster, options));
  const ended = new AbortController();
  const watch = watchCluster(cluster, AbortSignal.any([signal, ended.signal]));
  const { hub } = stage;
  try {
    const scopes = ['access:services!service=dashboards'];
    const address = { url: hub.url, service: hub.serviceUrl, password: 'bench', log: join(hub.folder, 'hub.log') };
    return await work({ stage, hub, address, watch, call: createApi(address, await hub.token(OWNER, scopes)) });
  } finally {
    ended.abort();
    await watch.ended();
    await hub.stop();
    await cluster.clear();
  }
}

async function measured(bench, on, name) {
  const pairs = [];
  await comparePair(bench, on, WAYS[name]);
  for (let n = 1; n <= bench.pairs; n++) {
    const pair = await step(`${name}, pair ${n} of ${bench.pairs}`, () => comparePair(bench, on, WAYS[name], n));
    pairs.push(pair);
    const { pod_s: pod, bare_s: bare, published_s: published } = pair;
    process.stdout.write(`    bare ${bare} s (at the pod ${pod} s), published ${published} s\n`);
  }
  const middle = of => rounded(median(pairs.map(of)));
  return {
    value: middle(pair => pair.published_s),
    unit: 's',
    overhead_s: middle(pair => pair.published_s - pair.bare_s),
    overhead_pod_s: middle(pair => pair.published_s - pair.pod_s),
    bare_s: middle(pair => pair.bare_s),
    pod_s: middle(pair => pair.pod_s),
    ...(WAYS[name].strategy === 'clone' ? { provisioner_s: middle(pair => pair.provisioner_s) } : {}),
    runs: pairs,
    reference: `a named server by the Hub's API alone, whose command is: ${APP.command.join(' ')}`
  };
}

/** One start of each kind, with a fresh marker. The first of a kind is thrown away: it fills caches. */
async function comparePair(bench, on, way, n = 0) {
  const patience = { everyMs: LOOK_EVERY_MS, withinMs: WITHIN_MS, signal: bench.signal, log: on.address.log };
  const bare = () => startedBare(on, { name: `bare-${randomUUID().slice(0, 8)}`, app: APP, ...made(bench) }, patience);
  const published = () => startedPublished(bench, on, way, patience);
  const seen = {};
  for (const one of n % 2 === 0 ? [published, bare] : [bare, published]) {
    Object.assign(seen, await one());
  }
  return Object.fromEntries(Object.entries(seen).map(([name, seconds]) => [name, rounded(seconds)]));
}

/** An app that nobody else has. */
function made({ data }) {
  const marker = `marker${randomUUID().slice(-12)}`;
  APP.write(data, marker);
  return { marker, text: readFileSync(join(data, APP.entry), 'utf8') };
}

/** @returns seconds from the POST to the marker. */
async function startedPublished(bench, { stage, address, watch, call }, { strategy }, patience) {
  const { marker, text } = made(bench);
  const folder = `project-${randomUUID().slice(0, 8)}`;
  await stage.save(`${folder}/${APP.entry}`, text);
  const source = { kind: 'files', root: `~/${folder}`, entry: APP.entry, scope: 'folder' };
  const { place } = await stage.lab.plan(source);
  const viewer = await signIn(address, VIEWER);
  const { signal } = bench;
  const begun = performance.now();
  const { dashboard, build } = await call('POST', 'api/v1/dashboards', {
    name: `Started ${randomUUID().slice(0, 8)}`,
    source,
    place,
    framework: APP.framework,
    audience: { kind: 'people', users: [VIEWER], groups: [] }
  });
  const ended = new AbortController();
  try {
    const helped = strategy === 'relay' ? sendWhenAsked(stage, build.id, ended.signal) : null;
    const isThere = () => showsMarker(APP, viewer, dashboard.link, marker, signal);
    await until('The viewer did not see the marker', isThere, patience);
    const seconds = (performance.now() - begun) / 1_000;
    await helped;
    // A first version is shown while it is checked.
    await buildLive(call, build.id, { signal, log: address.log });
    const { versions } = await call('GET', `api/v1/dashboards/${dashboard.id}/versions`);
    if (versions[0].strategy !== strategy) {
      throw new Error(`Its files came by ${versions[0].strategy}, and not by ${strategy}.`);
    }
    return {
      published_s: seconds,
      ...(strategy === 'clone' ? { provisioner_s: watch.provisionedIn(dashboard.id) } : {})
    };
  } catch (error) {
    const failed = await call('GET', `api/v1/builds/${build.id}`);
    throw failed.problem ? buildFailure(failed, address.log) : error;
  } finally {
    ended.abort();
    await call('DELETE', `api/v1/dashboards/${dashboard.id}`);
    await until(
      'A deleted dashboard did not go away',
      async () => ((await stage.alice.servers({ stopped: true })).length === 0 ? true : undefined),
      { signal, log: address.log }
    );
  }
}

/** Does what a page of JupyterLab does for a build that waits for its files. */
async function sendWhenAsked({ alice, lab }, build, signal) {
  const reader = await alice.listen(`builds/${build}/events`);
  try {
    await until(
      'The build did not ask for files',
      async () => (reader.events.some(({ build: of }) => of?.wantsFiles) ? true : undefined),
      { everyMs: 5, signal }
    );
    await lab.begin(build);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    reader.close();
  }
}

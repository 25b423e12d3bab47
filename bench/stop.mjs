import { isRunning, processesOf } from '../scripts/demo/processes.mjs';
import { until } from '../scripts/demo/wait.mjs';
import { step } from '../scripts/setup/progress.mjs';
import { median, rounded } from './figures.mjs';
import { withHub } from './hub.mjs';
import { publishApp } from './published.mjs';
import { APPS } from './publish/apps.mjs';

export const CASES = Object.keys(APPS);

const LOOK_EVERY_MS = 5;
const WITHIN_MS = 30_000;

/**
 * From the call that stops a dashboard until nothing of it is left: no process of the runner or the app, and the Hub says
 * that the server has stopped.
 *
 * @param {import('./measure.mjs').Bench} bench
 */
export function run(bench) {
  return withHub(bench, async hub => {
    const cases = {};
    for (const name of Object.keys(APPS).filter(one => bench.wanted(one, ['panel']))) {
      cases[name] = await measure(bench, hub, APPS[name]);
    }
    return cases;
  });
}

async function measure(bench, hub, app) {
  const before = new Set(processesOf(bench.data));
  const { dashboard } = await step(`Publishing with ${app.title}`, () => publishApp(bench, hub, app));
  const runs = [];
  for (let n = 1; n <= bench.pairs; n++) {
    if (n > 1) {
      await startAgain(bench, hub, dashboard.id);
    }
    const own = processesOf(bench.data).filter(pid => !before.has(pid));
    runs.push(await step(`${app.title}, stop ${n} of ${bench.pairs}`, () => stop(bench, hub, dashboard.id, own)));
  }
  return {
    value: rounded(median(runs.map(sample => sample.stopped_s))),
    unit: 's',
    runs,
    reference: 'none: POST api/v1/dashboards/:id/stop, then looks at the processes and asks the Hub'
  };
}

async function stop(bench, hub, id, own) {
  if (own.length < 2) {
    throw new Error('Runner and app should be running, and are not.');
  }
  const patience = { everyMs: LOOK_EVERY_MS, withinMs: WITHIN_MS, signal: bench.signal, log: hub.hub.log };
  const begun = performance.now();
  const passed = () => rounded((performance.now() - begun) / 1_000);
  await hub.call('POST', `api/v1/dashboards/${id}/stop`);
  const called = passed();
  const [processes, hubSays] = await Promise.all([
    until(
      'Processes of a stopped dashboard were left',
      async () => (own.some(isRunning) ? undefined : passed()),
      patience
    ),
    until('The Hub went on to show the server', async () => ((await hub.servers()).length > 0 ? undefined : passed()), {
      ...patience,
      everyMs: 4 * LOOK_EVERY_MS
    })
  ]);
  return { stopped_s: Math.max(processes, hubSays), answered_s: called, processes_s: processes, hub_s: hubSays };
}

async function startAgain(bench, hub, id) {
  await hub.call('POST', `api/v1/dashboards/${id}/start`);
  await until(
    'A stopped dashboard did not start again',
    async () => ((await hub.call('GET', `api/v1/dashboards/${id}`)).dashboard.state === 'running' ? true : undefined),
    { signal: bench.signal, log: hub.hub.log }
  );
}

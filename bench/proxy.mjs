import { request } from '../scripts/demo/request.mjs';
import { until } from '../scripts/demo/wait.mjs';
import { Failure } from '../scripts/setup/failure.mjs';
import { step } from '../scripts/setup/progress.mjs';
import { median, rounded } from './figures.mjs';
import { withHub } from './hub.mjs';
import { perSecond } from './proxy/measure-load.mjs';
import { publishBackend, startProxy } from './proxy/programs.mjs';

const LOADS = {
  // A backend that is slower than this would flatter every proxy before it.
  'small-signed-in': { file: 'small', connections: 64, seconds: 2, body: '200 bytes', fastEnough: 50_000 },
  large: { file: 'large', connections: 4, seconds: 3, body: '10 MB' }
};
export const CASES = Object.keys(LOADS);
const LOOK_EVERY_MS = 20;

/**
 * The runner's proxy, which checks the session of each request, beside configurable-http-proxy with the same backend, and
 * the backend alone. In use, requests pass both proxies, one after the other.
 *
 * @param {import('./measure.mjs').Bench} bench
 */
export function run(bench) {
  return withHub(bench, async hub => {
    const backend = await step('Publishing the backend', () => publishBackend(bench, hub));
    const ports = { direct: backend.direct, chp: await startProxy(bench, backend.direct), runner: backend.runner };
    const headers = {
      Host: new URL(backend.page).host,
      Accept: '*/*',
      Cookie: backend.viewer.cookieHeader(backend.page)
    };
    const cases = {};
    for (const [name, one] of Object.entries(LOADS).filter(([key]) => bench.wanted(key))) {
      cases[name] = await measureCase(bench, ports, headers, new URL(one.file, backend.page).pathname, one);
    }
    const revoked = await step('The session is revoked', () => revoke(bench, hub, backend, ports.runner, headers));
    return Object.fromEntries(Object.entries(cases).map(([name, figure]) => [name, { ...figure, ...revoked }]));
  });
}

async function measureCase(bench, ports, headers, path, { connections, seconds, body, fastEnough }) {
  const ask = port => perSecond({ port, path, headers, connections, seconds }, bench.signal);
  for (const port of Object.values(ports)) {
    await perSecond({ port, path, headers, connections, seconds: 1 }, bench.signal);
  }
  const runs = [];
  for (let n = 1; n <= bench.pairs; n++) {
    runs.push(
      await step(`${body}, round ${n} of ${bench.pairs}`, async () => {
        const round = {};
        // Each goes first, second and last as often as the others.
        for (const key of turned(Object.keys(ports), n)) {
          round[key] = rounded(await ask(ports[key]), 1);
        }
        return round;
      })
    );
  }
  const middle = key => rounded(median(runs.map(round => round[key])), 1);
  const direct = middle('direct');
  const isFastEnough = fastEnough === undefined || direct >= fastEnough;
  if (!isFastEnough) {
    process.stdout.write(`  ! The backend alone answers ${direct} requests a second, not ${fastEnough}.\n`);
  }
  return {
    value: middle('runner'),
    unit: 'requests/s',
    ratio_direct: rounded(median(runs.map(round => round.runner / round.direct))),
    ratio_chp: rounded(median(runs.map(round => round.runner / round.chp))),
    per_second: middle('runner'),
    direct_per_second: direct,
    ...(fastEnough !== undefined && { backend_fast_enough: isFastEnough }),
    chp_per_second: middle('chp'),
    connections,
    runs,
    reference: `the backend alone (raw sockets in Node), and configurable-http-proxy before it; ${body}`
  };
}

function turned(items, by) {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

/** Takes the viewer's right away, as the owner does, and asks with the same cookie until it is refused. */
async function revoke(bench, { call, hub }, { dashboard, page }, port, headers) {
  const url = new URL(new URL('small', page).pathname, `http://127.0.0.1:${port}`);
  const status = () => request(url, { headers, signal: bench.signal }).then(answer => answer.status);
  if ((await status()) !== 200) {
    throw new Failure('The viewer was refused while they had the right to look.', { log: hub.log });
  }
  await call('PATCH', `api/v1/dashboards/${dashboard.id}`, { audience: { kind: 'owner' } });
  const begun = performance.now();
  const refusal = await until(
    'The session was not refused after the right to look had been taken away',
    async () => {
      // What is under way at the moment of the end is cut off.
      const answer = await status().catch(error => (error.code === 'ECONNRESET' ? 200 : Promise.reject(error)));
      return answer === 200 ? undefined : answer;
    },
    { everyMs: LOOK_EVERY_MS, withinMs: 15_000, signal: bench.signal, log: hub.log }
  );
  return { revoked_s: rounded((performance.now() - begun) / 1_000), revoked_status: refusal };
}

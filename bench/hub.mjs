import { startHub } from '../scripts/demo/hub.mjs';
import { apiToken, ofPage, signIn } from '../scripts/demo/people.mjs';
import { createApi } from '../scripts/demo/publish.mjs';
import { until } from '../scripts/demo/wait.mjs';
import { Failure } from '../scripts/setup/failure.mjs';
import { step } from '../scripts/setup/progress.mjs';

export const OWNER = 'alice';
export const VIEWER = 'bob';

const END_MS = 30_000;

/**
 * A real hub with the product, and its people's API.
 *
 * @typedef {object} BenchHub
 * @property {import('../scripts/demo/hub.mjs').Hub} hub
 * @property {ReturnType<typeof createApi>} call the dashboards API as the owner
 * @property {() => Promise<string[]>} servers names of the servers of dashboards that the Hub knows of
 */

/**
 * Starts a hub with the product, runs `work`, and stops it again.
 *
 * @template T
 * @param {import('./measure.mjs').Bench} bench
 * @param {(hub: BenchHub) => Promise<T>} work
 * @param {Partial<import('../scripts/demo/hub.mjs').HubOptions>} [options]
 * @returns {Promise<T>}
 */
export async function withHub({ installation, data, signal }, work, options = {}) {
  const hub = await startHub(installation, {
    data,
    password: 'bench',
    users: [OWNER, VIEWER],
    signal,
    step,
    ...options
  });
  try {
    const owner = await signIn(hub, OWNER);
    const call = createApi(hub, await apiToken(hub, owner, OWNER));
    return await work({ hub, call, servers: () => dashboardServers(hub, owner) });
  } finally {
    await hub.stop();
  }
}

/** Names of the servers of dashboards that the Hub knows of, asked as its home page asks. */
async function dashboardServers(hub, owner) {
  const url = `${hub.url}hub/api/users/${OWNER}`;
  const { status, text } = await owner.open(url, { headers: ofPage(owner, url) });
  if (status !== 200) {
    throw new Failure(`The Hub did not say which servers run (status ${status}).`, { log: hub.log });
  }
  return Object.keys(JSON.parse(text).servers).filter(name => name.startsWith('dash-'));
}

/** Deletes a dashboard and waits until its server is gone, so that the next run has the machine for itself. */
export async function removeDashboard({ call, servers, hub }, id, signal) {
  await call('DELETE', `api/v1/dashboards/${id}`);
  await until(
    'The server of a deleted dashboard did not go away',
    async () => ((await servers()).length === 0 ? true : undefined),
    { withinMs: END_MS, signal, log: hub.log }
  );
}

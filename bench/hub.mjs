import { startHub } from '../scripts/demo/hub.mjs';
import { apiToken, signIn } from '../scripts/demo/people.mjs';
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
 * @property {(path: string) => Promise<Record<string, any>>} askHub the Hub's API as the owner
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
    const askHub = path => owner.open(`${hub.url}hub/api/${path}`, API).then(({ text }) => JSON.parse(text));
    return await work({ hub, call, askHub });
  } finally {
    await hub.stop();
  }
}

const API = { headers: { accept: 'application/json', 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin' } };

/** Waits until a build is live. @throws Failure with the reason if it fails */
export function buildLive(call, id, { signal, log }) {
  return until(
    'The build did not end',
    async () => {
      const build = await call('GET', `api/v1/builds/${id}`).then(reply => reply.build ?? reply);
      if (build.state === 'failed' || build.state === 'cancelled') {
        const { message, fix, detail } = build.problem ?? { message: `The build was ${build.state}.` };
        throw new Failure(message, { fix, tail: detail, log });
      }
      return build.state === 'live' ? build : undefined;
    },
    { everyMs: 200, signal, log }
  );
}

/** Deletes a dashboard and waits until its server is gone from the Hub, so that the next run has the machine for itself. */
export async function removeDashboard({ call, askHub, hub }, id, signal) {
  await call('DELETE', `api/v1/dashboards/${id}`);
  await until(
    'The server of a deleted dashboard did not go away',
    async () => {
      const { servers } = await askHub(`users/${OWNER}`);
      return Object.values(servers).some(server => server.user_options?.dashboard === id) ? undefined : true;
    },
    { withinMs: END_MS, signal, log: hub.log }
  );
}

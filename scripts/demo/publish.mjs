import { join } from 'node:path';

import { Failure } from '../setup/failure.mjs';
import { request } from './request.mjs';
import { SAMPLE } from './sample.mjs';
import { until } from './wait.mjs';

/**
 * A caller of the dashboards API, as the Lab extension is one: the same routes, with a Hub token.
 *
 * @param {import('./hub.mjs').Hub} hub
 * @param {string} token
 */
export function createApi(hub, token) {
  return async function call(method, path, body) {
    const answer = await request(new URL(path, hub.service), {
      method,
      headers: {
        authorization: `token ${token}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' })
      },
      body: body === undefined ? undefined : JSON.stringify(body)
    });
    if (answer.status >= 400) {
      throw new Failure(`The service refused ${method} ${path} (status ${answer.status}): ${sentence(answer.text)}`, {
        log: hub.log
      });
    }
    return answer.text === '' ? null : JSON.parse(answer.text);
  };
}

function sentence(text) {
  try {
    const { error } = JSON.parse(text);
    return [error.message, error.fix].filter(Boolean).join(' ');
  } catch {
    return text.slice(0, 300);
  }
}

/**
 * Publishes the sample of a user, or updates the dashboard that it already is.
 *
 * @param {ReturnType<typeof createApi>} call
 * @param {{ data: string, owner: string, viewers: string[] }} what
 */
export async function publishSample(call, { data, owner, viewers }) {
  const source = {
    kind: 'files',
    root: join(data, 'home', owner, SAMPLE.folder),
    entry: SAMPLE.entry,
    scope: 'folder'
  };
  const { dashboards } = await call('GET', 'api/v1/dashboards?filter=mine');
  const known = dashboards.find(dashboard => dashboard.name === SAMPLE.name);
  if (known) {
    return call('POST', `api/v1/dashboards/${known.id}/versions`, { source });
  }
  const audience = { kind: 'people', users: viewers, groups: [] };
  return call('POST', 'api/v1/dashboards', { name: SAMPLE.name, source, audience });
}

/**
 * Waits until a build is live.
 *
 * @param {ReturnType<typeof createApi>} call
 * @param {string} id
 * @param {{ withinMs?: number, everyMs?: number, signal?: AbortSignal, log: string }} options `log` of the Hub
 * @throws Failure with the reason when it ends otherwise
 */
export async function buildLive(call, id, { log, ...options }) {
  await until(
    'The build did not end',
    async () => {
      const build = await call('GET', `api/v1/builds/${id}`);
      if (build.state === 'failed' || build.state === 'cancelled') {
        throw buildFailure(build, log);
      }
      return build.state === 'live' ? true : undefined;
    },
    { ...options, log }
  );
}

/** Why a build that has ended is not live. */
export function buildFailure({ state, problem }, log) {
  const { message, fix, detail } = problem ?? { message: `The build was ${state}.` };
  return new Failure(`Publishing failed: ${message}`, { fix, tail: detail, log });
}

import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { signIn } from '../scripts/demo/people.mjs';
import { buildLive } from '../scripts/demo/publish.mjs';
import { until } from '../scripts/demo/wait.mjs';
import { OWNER, VIEWER } from './hub.mjs';
import { showsMarker } from './publish/page.mjs';

/** Files of an app in the owner's home, with a marker that nothing but this project holds. */
export function makeProject(bench, app) {
  const folder = join(bench.data, 'home', OWNER, `project-${randomUUID().slice(0, 8)}`);
  mkdirSync(folder, { recursive: true });
  return { marker: changeProject(app, folder), folder };
}

/** Changes the files of a project. @returns {string} the marker that it has now */
export function changeProject(app, folder) {
  const marker = `marker${randomUUID().slice(-12)}`;
  app.write(folder, marker);
  return marker;
}

/** What a client sends to publish an app for the viewer. The name does not hold the marker, which pages that only say "starting" must not show. */
export function publishRequest(app, folder) {
  return {
    name: `Started ${randomUUID().slice(0, 8)}`,
    source: { kind: 'files', root: folder, entry: app.entry, scope: 'folder' },
    framework: app.framework,
    audience: { kind: 'people', users: [VIEWER], groups: [] }
  };
}

/**
 * Publishes an app and waits until it is live and a viewer has its page.
 *
 * @param {import('./measure.mjs').Bench} bench
 * @param {import('./hub.mjs').BenchHub} hub
 * @param {import('./publish/apps.mjs').App} app
 */
export async function publishApp(bench, hub, app) {
  const { marker, folder } = makeProject(bench, app);
  const viewer = await signIn(hub.hub, VIEWER);
  const { dashboard, build } = await hub.call('POST', 'api/v1/dashboards', publishRequest(app, folder));
  await buildLive(hub.call, build.id, { signal: bench.signal, log: hub.hub.log });
  await until('The viewer did not get the page', () => showsMarker(app, viewer, dashboard.link, marker, bench.signal), {
    signal: bench.signal,
    log: hub.hub.log
  });
  return { dashboard, folder };
}

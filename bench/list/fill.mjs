import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';

import { ROOT } from '../../scripts/setup/paths.mjs';
import { OWNER } from '../hub.mjs';

/** Where `configure(c)` puts the database, in the folder that the Hub runs in. */
const DATABASE = 'jupyterhub_dashboards.sqlite';
const FIRST_PUBLISHED = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;

/**
 * Makes the database that a hub in `data` will find: dashboards of one owner that were published long ago and sleep.
 * Written by the service's own store, so that indexes and whatever else it keeps are there.
 *
 * @param {string} data
 * @param {number} count
 */
export async function fill(data, count) {
  mkdirSync(data, { recursive: true });
  const { openDatabase, createDashboardStore, dashboardRecordOf } = await serviceModules(data);
  const db = await openDatabase(join(data, DATABASE));
  const store = createDashboardStore(db);
  for (let n = 1; n <= count; n++) {
    const at = FIRST_PUBLISHED + n * MINUTE_MS;
    const { dashboard, nameKey, version, build: made } = dashboardRecordOf(`report-${n}`, { owner: OWNER, at });
    const conflict = await store.create(dashboard, nameKey, version, made);
    if (conflict !== null) {
      throw new Error(`Dashboard ${n} could not be made: ${conflict}`);
    }
  }
  await db.destroy();
}

async function serviceModules(data) {
  const outfile = join(data, 'store.mjs');
  await build({
    absWorkingDir: ROOT,
    stdin: {
      contents: `export { openDatabase } from './server/service/db/open';
        export { createDashboardStore } from './server/service/db/dashboard-store';
        export { dashboardRecordOf } from './server/service/testing/records';`,
      resolveDir: ROOT
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning'
  });
  return import(pathToFileURL(outfile));
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';

import { ROOT } from '../../scripts/setup/paths.mjs';
import { OWNER } from '../hub.mjs';

/** Where `configure(c)` puts the database, in the folder that the Hub runs in. */
const DATABASE = 'jupyterhub_dashboards.sqlite';

/**
 * Makes the database that a hub in `data` will find: dashboards of one owner that were published long ago and sleep.
 * Written by the service's own store, so that indexes and whatever else it keeps are there.
 *
 * @param {string} data
 * @param {number} count
 */
export async function fill(data, count) {
  mkdirSync(data, { recursive: true });
  const { openDatabase, createDashboardStore } = await serviceModules(data);
  const db = await openDatabase(join(data, DATABASE));
  const store = createDashboardStore(db);
  for (let n = 1; n <= count; n++) {
    const { dashboard, version, made } = published(n);
    const conflict = await store.create(dashboard, dashboard.name.toLowerCase(), version, made);
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
        export { createDashboardStore } from './server/service/db/dashboard-store';`,
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

function published(n) {
  const id = `bench${String(n).padStart(11, '0')}`;
  const createdAt = new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString();
  const dashboard = {
    id,
    slug: `report-${n}`,
    serverName: `dash-report-${n}`,
    name: `Report ${n}`,
    description: 'Made for a benchmark',
    owner: OWNER,
    ownerHubId: null,
    audience: { kind: 'owner' },
    desired: 'asleep',
    liveVersion: 1,
    revision: 2,
    problem: null,
    problemAt: null,
    deleting: false,
    createdAt,
    updatedAt: createdAt
  };
  const version = {
    dashboardId: id,
    n: 1,
    createdAt,
    author: OWNER,
    message: '',
    source: { kind: 'files', root: `/home/${OWNER}/reports`, entry: `report-${n}.ipynb`, scope: 'file' },
    requestedFramework: null,
    command: null,
    framework: 'voila',
    frameworkReason: 'It is a notebook',
    manifestHash: null,
    files: 1,
    bytes: 1_000,
    warnings: [],
    state: 'ready'
  };
  const made = {
    id: `build${id}`,
    dashboardId: id,
    kind: 'publish',
    version: 1,
    state: 'live',
    createdAt,
    endedAt: createdAt,
    problem: null,
    leaseUntil: null,
    attempts: 0
  };
  return { dashboard, version, made };
}

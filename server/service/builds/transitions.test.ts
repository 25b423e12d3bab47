import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { BUILD_STATES, type BuildState } from '../../contract';
import { createBuildStore } from '../db/build-store';
import { createDashboardStore } from '../db/dashboard-store';
import { openDatabase } from '../db/open';
import type { Database } from '../db/tables';
import type { BuildRecord } from './build';
import type { BuildStore } from './store';
import { isFinal, mayFollow } from './transitions';

const NOW = Date.parse('2026-01-01T00:00:00Z');

let folder: string;
let db: Database;
let builds: BuildStore;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dashboards-builds-'));
  db = await openDatabase(join(folder, 'a.sqlite'));
  builds = createBuildStore(db);
  const at = new Date(NOW).toISOString();
  await createDashboardStore(db).create(
    {
      ...{ id: 'd', slug: 's', serverName: 'dash-s', name: 'S', description: '', owner: 'alice', ownerHubId: null },
      ...{ audience: { kind: 'owner' }, desired: 'on', liveVersion: null, revision: 1, problem: null, problemAt: null },
      ...{ deleting: false, createdAt: at, updatedAt: at }
    },
    's',
    {
      ...{
        dashboardId: 'd',
        n: 1,
        createdAt: at,
        author: 'alice',
        message: '',
        requestedFramework: null,
        command: null
      },
      source: { kind: 'files', root: '/a', entry: 'b', scope: 'folder' },
      place: null,
      origin: null,
      volume: null,
      ...{
        framework: null,
        frameworkReason: '',
        strategy: null,
        commit: null,
        manifestHash: null,
        files: 0,
        bytes: 0,
        warnings: [],
        builtWith: null,
        state: 'building'
      }
    },
    record('first', 'failed')
  );
});
afterAll(async () => {
  await db.destroy();
  rmSync(folder, { recursive: true });
});

function record(id: string, state: BuildState): BuildRecord {
  const at = new Date(NOW).toISOString();
  const endedAt = isFinal(state) ? at : null;
  return {
    id,
    dashboardId: 'd',
    kind: 'publish',
    version: 1,
    state,
    createdAt: at,
    endedAt,
    problem: null,
    audience: null,
    leaseUntil: 1,
    attempts: 0,
    wantsFiles: false,
    prepared: true
  };
}

/** Puts a build into a state that the store itself would not let it begin with. */
async function given(id: string, state: BuildState): Promise<BuildRecord> {
  const build = record(id, state);
  await db.deleteFrom('builds').where('id', '!=', 'first').execute();
  await db
    .insertInto('builds')
    .values({
      ...{ id, dashboard_id: 'd', kind: 'publish', version: 1, state, created_at: build.createdAt },
      ...{ ended_at: build.endedAt, problem: null, lease_until: 1 }
    })
    .execute();
  return build;
}

describe('states of a build', () => {
  const pairs = BUILD_STATES.flatMap(from => BUILD_STATES.map(to => [from, to] as const));

  it.each(pairs)('%s -> %s happens exactly if the table allows it', async (from, to) => {
    const build = await given(`${from}-${to}`, from);
    const moved = await builds.move(build, to, { at: NOW, leaseUntil: 5 });
    expect(moved !== null).toBe(mayFollow(from, to));
    const stored = await builds.get(build.id);
    expect(stored?.state).toBe(mayFollow(from, to) ? to : from);
    const events = await builds.eventsAfter(build.id, 0);
    expect(events).toHaveLength(mayFollow(from, to) ? 1 : 0);
    if (moved) {
      expect([moved.endedAt !== null, moved.leaseUntil]).toEqual([isFinal(to), isFinal(to) ? null : 5]);
    }
  });

  it('are final or lead somewhere', () => {
    for (const state of BUILD_STATES) {
      expect(BUILD_STATES.some(to => mayFollow(state, to))).toBe(!isFinal(state));
    }
  });

  it('are written by the first of two who want to', async () => {
    const build = await given('race', 'queued');
    const both = await Promise.all([
      builds.move(build, 'server', { at: NOW }),
      builds.move(build, 'cancelled', { at: NOW })
    ]);
    expect(both.filter(Boolean)).toHaveLength(1);
  });
});

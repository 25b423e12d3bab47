import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';

import { migrations } from '.';
import { listDashboards } from '../../dashboards/list';
import { dashboardRecordOf } from '../../testing/records';
import { createDashboardStore } from '../dashboard-store';
import { openDatabase } from '../open';
import { dashboardRow, versionRow } from '../records';
import { openSqlite } from '../sqlite';
import type { Tables } from '../tables';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dashboards-migration-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('lists and finds what was published before there were listings, and nothing that is being deleted', async () => {
  const file = join(folder, 'a.sqlite');
  const old = new Kysely<Tables>({ dialect: openSqlite(file) });
  const migrator = new Migrator({ db: old, provider: { getMigrations: async () => ({ ...migrations }) } });
  expect((await migrator.migrateTo('001-first')).error).toBeUndefined();
  const given = [
    ['private', { name: 'Umsätze' }],
    ['shared', { audience: { kind: 'people', users: ['bob'], groups: ['staff'] } }],
    ['open', { audience: { kind: 'everyone' } }],
    ['deleting', { audience: { kind: 'everyone' } }]
  ] as const;
  for (const [at, [id, more]] of given.entries()) {
    const { dashboard, nameKey, version } = dashboardRecordOf(id, { ...(more as object), at });
    const { search_text: _later, ...row } = dashboardRow({ ...dashboard, deleting: id === 'deleting' }, nameKey);
    await old
      .insertInto('dashboards')
      .values(row as ReturnType<typeof dashboardRow>)
      .execute();
    const { place: _place, strategy: _strategy, commit_hash: _commit, ...later } = versionRow(version);
    const { origin: _origin, volume: _volume, built_with: _builtWith, ...first } = later;
    await old
      .insertInto('versions')
      .values(first as ReturnType<typeof versionRow>)
      .execute();
  }
  await old.destroy();

  const db = await openDatabase(file);
  const store = createDashboardStore(db);
  const ids = async (name: string, groups: string[], query = {}) =>
    (await listDashboards(store, { name, groups }, query)).aggregates.map(({ dashboard }) => dashboard.id);
  expect(await ids('alice', [])).toEqual(['open', 'shared', 'private']);
  expect(await ids('bob', [])).toEqual(['open', 'shared']);
  expect(await ids('carol', ['staff'])).toEqual(['open', 'shared']);
  expect(await ids('carol', [])).toEqual(['open']);
  expect(await ids('root', [], { filter: 'all' })).toEqual(['open', 'shared', 'private']);
  expect(await ids('alice', [], { search: 'UMSÄTZE' })).toEqual(['private']);
  expect((await store.versions('open'))[0]).toMatchObject({ strategy: 'snapshot', commit: null, place: null });
  await db.destroy();
});

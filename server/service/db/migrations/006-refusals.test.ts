import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';

import { migrations } from '.';
import { createAuditLog } from '../audit';
import { openDatabase } from '../open';
import { openSqlite } from '../sqlite';
import type { Tables } from '../tables';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dashboards-migration-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('keeps the audit records, counts on from the newest, and has room for those without a dashboard', async () => {
  const file = join(folder, 'a.sqlite');
  const old = new Kysely<Tables>({ dialect: openSqlite(file) });
  const migrator = new Migrator({ db: old, provider: { getMigrations: async () => ({ ...migrations }) } });
  expect((await migrator.migrateTo('005-audit')).error).toBeUndefined();
  const row = { at: '2030-01-01T00:00:00.000Z', actor: 'alice', action: 'stop', dashboard_id: 'd', detail: '' };
  await old
    .insertInto('audit')
    .values([1, 2].map(() => ({ ...row, slug: 'sales', owner: 'alice' })))
    .execute();
  await sql`delete from audit where seq = 2`.execute(old);
  await old.destroy();

  const db = await openDatabase(file);
  const audit = createAuditLog(db);
  await audit.recordRefusals([{ actor: 'bob', action: 'call_refused', detail: '', at: 0, dashboard: null }]);
  const records = await audit.list({ dashboardId: null, before: null, limit: 10 });
  expect(records.map(({ seq, actor, dashboardId, slug, owner }) => [seq, actor, dashboardId, slug, owner])).toEqual([
    [3, 'bob', null, null, null],
    [1, 'alice', 'd', 'sales', 'alice']
  ]);
  expect(await audit.list({ dashboardId: 'd', before: null, limit: 10 })).toHaveLength(1);
  await db.destroy();
});

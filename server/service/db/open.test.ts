import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sql } from 'kysely';

import { openDatabase } from './open';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dashboards-db-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the database', () => {
  it('is made, kept in WAL mode, and opened again as it was', async () => {
    const file = join(folder, 'a.sqlite');
    const db = await openDatabase(file);
    const { rows } = await sql<{ journal_mode: string }>`pragma journal_mode`.execute(db);
    expect(rows).toEqual([{ journal_mode: 'wal' }]);
    await db.destroy();
    const again = await openDatabase(file);
    expect(await again.selectFrom('dashboards').selectAll().execute()).toEqual([]);
    await again.destroy();
  });

  it('stops with a sentence when the folder is missing', async () => {
    await expect(openDatabase(join(folder, 'nowhere/a.sqlite'))).rejects.toThrow(
      /folder .*nowhere .*does not exist.*configure\(c\)/
    );
  });

  it('stops with a sentence when the file is no database', async () => {
    const file = join(folder, 'a.sqlite');
    writeFileSync(file, 'this is text, and long enough not to be taken for an empty database file '.repeat(20));
    await expect(openDatabase(file)).rejects.toThrow(/cannot be opened .*not a database/);
  });

  it('stops with a sentence when it was written by a newer version', async () => {
    const file = join(folder, 'a.sqlite');
    const db = await openDatabase(file);
    await sql`insert into kysely_migration (name, timestamp) values ('999-later', '2030-01-01')`.execute(db);
    await db.destroy();
    await expect(openDatabase(file)).rejects.toThrow(/install the version of jupyterhub-dashboards that wrote it/);
  });
});

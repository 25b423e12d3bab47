import { existsSync, statSync } from 'node:fs';

import { Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';

import { migrations } from './migrations';
import { DatabaseUnusable, openSqlite } from './sqlite';
import type { Database, Tables } from './tables';

/**
 * Opens the database and brings it to the newest form.
 * @param keyFile made after the database and kept beside it: where it is there and the database is not, that was lost
 * @throws DatabaseUnusable when the file cannot be read, was lost, is damaged or of a newer version
 */
export async function openDatabase(file: string, keyFile?: string): Promise<Database> {
  const used = keyFile !== undefined && existsSync(keyFile);
  if (used && (!existsSync(file) || statSync(file).size === 0)) {
    throw lost(file, keyFile);
  }
  const db = new Kysely<Tables>({ dialect: openSqlite(file) });
  if (used && (await isEmpty(db))) {
    await db.destroy();
    throw lost(file, keyFile);
  }
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error } = await migrator.migrateToLatest();
  if (error) {
    await db.destroy();
    const reason = error instanceof Error ? error.message : String(error);
    throw new DatabaseUnusable(
      `The database ${file} could not be brought to the form this version needs (${reason}). Restore a backup, or install the version of jupyterhub-dashboards that wrote it.`,
      { cause: error }
    );
  }
  return db;
}

async function isEmpty(db: Database): Promise<boolean> {
  const { rows } = await sql`select 1 from sqlite_master where name = 'dashboards'`.execute(db);
  return rows.length === 0;
}

/** Beginning anew would orphan every dashboard that was published: its link, its server and its files. */
function lost(file: string, keyFile: string): DatabaseUnusable {
  return new DatabaseUnusable(
    `The dashboards database ${file} is gone or empty, but it was used before: ${keyFile} is still there. ` +
      'Nothing was changed. Look whether its disk is mounted, and restore the database from a backup. ' +
      `Or, to begin anew without any of the dashboards that there were, put an empty file in its place and remove ${keyFile}.`
  );
}

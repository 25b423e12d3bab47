import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';

import { migrations } from './migrations';
import { openSqlite } from './sqlite';
import type { Database, Tables } from './tables';

/**
 * Opens the database and brings it to the newest form.
 * @throws Error with a sentence for the administrator when the file cannot be used or is of a newer version.
 */
export async function openDatabase(file: string): Promise<Database> {
  const db = new Kysely<Tables>({ dialect: openSqlite(file) });
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error } = await migrator.migrateToLatest();
  if (error) {
    await db.destroy();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The database ${file} could not be brought to the form this version needs (${reason}). Restore a backup, or install the version of jupyterhub-dashboards that wrote it.`,
      { cause: error }
    );
  }
  return db;
}

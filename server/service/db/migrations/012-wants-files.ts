import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Whether the server of a build waits for its files to be sent. */
export const wantsFiles: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw(`alter table builds add column wants_files integer not null default 0`).execute(db);
  }
};

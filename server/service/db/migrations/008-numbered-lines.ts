import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** How many lines of a build's log its runner, the process of that name, has brought. */
export const numberedLines: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw(`alter table builds add column lines_start text`).execute(db);
    await sql.raw(`alter table builds add column lines_taken integer not null default 0`).execute(db);
  }
};

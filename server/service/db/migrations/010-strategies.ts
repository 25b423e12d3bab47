import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** How the files of a version came to where they are served. Those that there are were all copied. */
export const strategies: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw(`alter table versions add column place text`).execute(db);
    await sql.raw(`alter table versions add column strategy text`).execute(db);
    await sql.raw(`alter table versions add column commit_hash text`).execute(db);
    await sql.raw(`update versions set strategy = 'snapshot' where state in ('ready', 'removed')`).execute(db);
  }
};

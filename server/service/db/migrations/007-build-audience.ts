import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Who may look once a build is live. */
export const buildAudience: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw(`alter table builds add column audience text`).execute(db);
  }
};

import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What a version was built with, and what the pod of a server was made with. Of those that there are nobody knows. */
export const environments: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw(`alter table versions add column built_with text`).execute(db);
    await sql.raw(`alter table runners add column pod text`).execute(db);
  }
};

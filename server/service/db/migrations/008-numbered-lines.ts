import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Lines and batches of lines are numbered by the process that brings them, and no longer by its start. */
export const numberedLines: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw(`alter table builds add column lines_sender text`).execute(db);
    await sql.raw(`alter table builds add column lines_taken integer not null default 0`).execute(db);
    await sql.raw(`alter table log_batches rename column start_id to sender`).execute(db);
  }
};

import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Lines and batches of lines are numbered by the process that brings them, and not by its start. */
export const senders: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw(`alter table builds rename column lines_start to lines_sender`).execute(db);
    await sql.raw(`alter table log_batches rename column start_id to sender`).execute(db);
  }
};

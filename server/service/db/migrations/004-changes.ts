import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const STATEMENTS = [
  // `autoincrement`: no number comes twice, also not after the newest rows have gone.
  `create table dashboard_changes (
    seq integer primary key autoincrement,
    dashboard_id text not null,
    seen_by text,
    at integer not null
  )`,
  `create unique index newest_change on dashboard_changes (dashboard_id) where seen_by is null`,
  `create table forgotten_changes (seq integer not null)`,
  `insert into forgotten_changes (seq) values (0)`
];

/** Changes in their order, so that whoever was away is told what they have missed. */
export const changes: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) {
      await sql.raw(statement).execute(db);
    }
  }
};

import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const STATEMENTS = [
  `create table audit_of_all (
    seq integer primary key autoincrement,
    at text not null,
    actor text not null,
    action text not null,
    dashboard_id text,
    slug text,
    owner text,
    detail text not null
  )`,
  // The number of the newest record, also where that is forgotten already: no number comes twice.
  `insert into sqlite_sequence (name, seq) select 'audit_of_all', seq from sqlite_sequence where name = 'audit'`,
  `insert into audit_of_all select seq, at, coalesce(actor, ''), action, dashboard_id, slug, owner, detail from audit`,
  `drop table audit`,
  `alter table audit_of_all rename to audit`,
  `create index audit_by_dashboard on audit (dashboard_id, seq)`
];

/** Records that are about no dashboard: SQLite lets a column be empty only in a new table. */
export const refusals: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) {
      await sql.raw(statement).execute(db);
    }
  }
};

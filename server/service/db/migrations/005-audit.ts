import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const STATEMENTS = [
  // No reference to the dashboard: what was done to it outlives it.
  `create table audit (
    seq integer primary key autoincrement,
    at text not null,
    actor text,
    action text not null,
    dashboard_id text not null,
    slug text not null,
    owner text not null,
    detail text not null
  )`,
  `create index audit_by_dashboard on audit (dashboard_id, seq)`,
  // As well without a reference: a key is not free again because its dashboard was deleted.
  `create table idempotency_keys (
    owner text not null,
    key text not null,
    body_hash text not null,
    dashboard_id text not null,
    build_id text not null,
    at integer not null,
    primary key (owner, key)
  ) without rowid`,
  `create index idempotency_keys_by_age on idempotency_keys (owner, at)`
];

/** Who did what, and which requests have been answered already. */
export const audit: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) {
      await sql.raw(statement).execute(db);
    }
  }
};

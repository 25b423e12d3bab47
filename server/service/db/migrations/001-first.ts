import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const STATEMENTS = [
  `create table dashboards (
    id text primary key,
    slug text not null unique,
    name_key text not null,
    server_name text not null,
    name text not null,
    description text not null,
    owner text not null,
    owner_hub_id integer,
    audience text not null,
    desired text not null,
    live_version integer,
    revision integer not null default 1,
    problem text,
    problem_at integer,
    deleting integer not null default 0,
    created_at text not null,
    updated_at text not null,
    unique (owner, name_key),
    unique (owner, server_name)
  )`,
  `create table versions (
    dashboard_id text not null references dashboards (id) on delete cascade,
    n integer not null,
    created_at text not null,
    author text not null,
    message text not null,
    source text not null,
    requested_framework text,
    command text,
    framework text,
    framework_reason text not null default '',
    manifest_hash text,
    files integer not null default 0,
    bytes integer not null default 0,
    warnings text not null default '[]',
    state text not null,
    primary key (dashboard_id, n)
  )`,
  `create table builds (
    id text primary key,
    dashboard_id text not null references dashboards (id) on delete cascade,
    kind text not null,
    version integer not null,
    state text not null,
    created_at text not null,
    ended_at text,
    problem text,
    lease_until integer,
    attempts integer not null default 0
  )`,
  // The database itself keeps a dashboard from having two builds under way.
  `create unique index one_active_build on builds (dashboard_id) where ended_at is null`,
  `create index builds_by_dashboard on builds (dashboard_id, created_at)`,
  `create table build_events (
    build_id text not null references builds (id) on delete cascade,
    seq integer not null,
    at text not null,
    body text not null,
    primary key (build_id, seq)
  )`,
  `create table runners (
    dashboard_id text primary key references dashboards (id) on delete cascade,
    start_id text not null unique,
    started_at integer not null,
    ready integer not null default 0,
    server_url text,
    app text,
    connections integer not null default 0,
    viewers integer not null default 0,
    heartbeat_at integer
  )`,
  `create table viewer_sessions (
    id text primary key,
    viewer text not null,
    token text not null,
    hub_session text not null,
    created_at integer not null
  )`,
  `create table tickets (
    id text primary key,
    dashboard_id text not null references dashboards (id) on delete cascade,
    start_id text not null,
    viewer text not null,
    viewer_session text not null,
    issued_at integer not null,
    ended_at integer
  )`,
  `create index tickets_by_dashboard on tickets (dashboard_id) where ended_at is null`,
  `create index tickets_by_session on tickets (viewer_session) where ended_at is null`
];

/** Everything of the first version. */
export const first: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) {
      await sql.raw(statement).execute(db);
    }
  }
};

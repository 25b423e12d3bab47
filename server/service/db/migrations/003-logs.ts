import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const STATEMENTS = [
  `create table log_lines (
    seq integer primary key autoincrement,
    dashboard_id text not null references dashboards (id) on delete cascade,
    version integer not null,
    origin text not null,
    at text not null,
    text text not null,
    build_id text,
    build_event integer
  )`,
  `create index log_lines_by_version on log_lines (dashboard_id, version, seq)`,
  `create index log_lines_by_dashboard on log_lines (dashboard_id, seq)`,
  `create index log_lines_by_build on log_lines (build_id, build_event) where build_id is not null`,
  `create table version_logs (
    dashboard_id text not null references dashboards (id) on delete cascade,
    version integer not null,
    lines integer not null,
    characters integer not null,
    removed integer not null default 0,
    primary key (dashboard_id, version)
  )`,
  `create table log_batches (
    dashboard_id text primary key references dashboards (id) on delete cascade,
    start_id text not null,
    batch integer not null
  )`,
  // Events of builds held their lines themselves before.
  `insert into log_lines (dashboard_id, version, origin, at, text, build_id, build_event)
    select builds.dashboard_id, builds.version, 'build', build_events.at, line.value, builds.id, build_events.seq
    from build_events join builds on builds.id = build_events.build_id, json_each(build_events.body, '$.lines') as line
    where json_extract(build_events.body, '$.kind') = 'log'
    order by build_events.at, build_events.build_id, build_events.seq, line.key`,
  `insert into version_logs (dashboard_id, version, lines, characters)
    select dashboard_id, version, count(*), sum(length(text)) from log_lines group by dashboard_id, version`,
  `delete from build_events where json_extract(body, '$.kind') = 'log'`
];

/** One log for each version. */
export const logs: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) {
      await sql.raw(statement).execute(db);
    }
  }
};

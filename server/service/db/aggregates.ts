import { sql, type SelectQueryBuilder } from 'kysely';

import type { DashboardAggregate } from '../dashboards/dashboard';
import { buildRecord, dashboardRecord, runnerRecord, versionRecord } from './records';
import type { Database, Tables } from './tables';

type Query = SelectQueryBuilder<Tables, 'dashboards', object>;

/** Dashboards with their newest and live version, newest build and runner: four queries for any number of them. */
export async function loadAggregates(db: Database, narrow: (query: Query) => Query): Promise<DashboardAggregate[]> {
  const selected = narrow(db.selectFrom('dashboards'));
  const ids = selected.clearOrderBy().select('dashboards.id');
  const [dashboards, versions, builds, runners] = await Promise.all([
    selected.selectAll().execute(),
    db
      .selectFrom('versions')
      .selectAll()
      .where('dashboard_id', 'in', ids)
      .where(
        sql<boolean>`n in (
          select max(v.n) from versions v where v.dashboard_id = versions.dashboard_id
          union select d.live_version from dashboards d where d.id = versions.dashboard_id)`
      )
      .orderBy('n')
      .execute(),
    db
      .selectFrom('builds')
      .selectAll()
      .where('dashboard_id', 'in', ids)
      .where(sql<boolean>`rowid = (select max(b.rowid) from builds b where b.dashboard_id = builds.dashboard_id)`)
      .execute(),
    db.selectFrom('runners').selectAll().where('dashboard_id', 'in', ids).execute()
  ]);
  const versionsOf = new Map<string, typeof versions>();
  for (const row of versions) {
    versionsOf.set(row.dashboard_id, [...(versionsOf.get(row.dashboard_id) ?? []), row]);
  }
  const buildOf = new Map(builds.map(row => [row.dashboard_id, row]));
  const runnerOf = new Map(runners.map(row => [row.dashboard_id, row]));
  return dashboards.flatMap(row => {
    const some = versionsOf.get(row.id) ?? [];
    const newest = some.at(-1);
    const live = some.find(version => version.n === row.live_version);
    const build = buildOf.get(row.id);
    const runner = runnerOf.get(row.id);
    return newest
      ? [
          {
            dashboard: dashboardRecord(row),
            newest: versionRecord(newest),
            live: live ? versionRecord(live) : null,
            build: build ? buildRecord(build) : null,
            runner: runner ? runnerRecord(runner) : null
          }
        ]
      : [];
  });
}

/** These dashboards, in the order of their ids. */
export async function loadInOrder(db: Database, ids: readonly string[]): Promise<DashboardAggregate[]> {
  if (ids.length === 0) {
    return [];
  }
  const loaded = await loadAggregates(db, query => query.where('id', 'in', ids));
  const byId = new Map(loaded.map(aggregate => [aggregate.dashboard.id, aggregate]));
  return ids.flatMap(id => byId.get(id) ?? []);
}

export async function loadOne(db: Database, narrow: (query: Query) => Query): Promise<DashboardAggregate | null> {
  return (await loadAggregates(db, narrow))[0] ?? null;
}

import { sql, type RawBuilder, type SqlBool, type Transaction } from 'kysely';

import { sameAudience, searchText, type Audience } from '../../contract';
import type { DashboardRecord, VersionRecord } from '../dashboards/dashboard';
import { keptVersions } from '../builds/retention';
import type { Conflict, DashboardStore, Which } from '../dashboards/store';
import { isoTime } from '../clock';
import { appendState } from './build-state';
import type { BuildRecord } from '../builds/build';
import { describePatch, describePublish, describeVersion } from '../audit/details';
import { writeAudience } from './audience';
import { writeAudit } from './audit';
import { recordSeenBy } from './change-log';
import { conflictOf } from './conflicts';
import { loadAggregates, loadInOrder, loadOne } from './aggregates';
import { writeKey } from './key-store';
import { findListed, isListed, removeListings, writeListings } from './listings';
import { buildRow, dashboardRecord, dashboardRow, versionRecord, versionRow } from './records';
import { createRunnerStore } from './runner-store';
import type { Database, Tables } from './tables';

/** The states that only a runner brings a build to. */
const WORKED_ON = ['copy', 'start', 'check', 'live'];

function matches(which: Which): RawBuilder<SqlBool> {
  if ('id' in which) {
    return sql`dashboards.id = ${which.id}`;
  }
  return 'slug' in which
    ? sql`dashboards.slug = ${which.slug}`
    : sql`dashboards.owner = ${which.owner} and dashboards.server_name = ${which.serverName}`;
}

export function createDashboardStore(db: Database): DashboardStore {
  const add = (
    build: BuildRecord,
    by: { actor: string; action: 'update' | 'activate' },
    before: (trx: Transaction<Tables>, dashboard: DashboardRecord) => Promise<BuildRecord | Conflict>
  ) =>
    conflictOf(() =>
      db.transaction().execute(async trx => {
        const row = await trx
          .selectFrom('dashboards')
          .selectAll()
          .where('id', '=', build.dashboardId)
          .executeTakeFirstOrThrow();
        const dashboard = dashboardRecord(row);
        if (dashboard.deleting) {
          return 'deleted';
        }
        const added = await before(trx, dashboard);
        if (typeof added === 'string') {
          return added;
        }
        await trx.insertInto('builds').values(buildRow(added)).execute();
        await trx
          .updateTable('dashboards')
          .set({ revision: sql<number>`revision + 1`, updated_at: added.createdAt })
          .where('id', '=', build.dashboardId)
          .execute();
        const at = Date.parse(added.createdAt);
        await appendState(trx, added, at);
        await writeAudit(trx, build.dashboardId, { ...by, detail: describeVersion(added.version), at });
        return added;
      })
    );

  return {
    get: id => loadOne(db, query => query.where('id', '=', id)),
    byServer: (owner, serverName) => loadOne(db, query => query.where(matches({ owner, serverName }))),
    async listed(which, subjects) {
      // One short look first: what is there and not listed costs hardly more of it than what is not there.
      const found = await db
        .selectFrom('dashboards')
        .select('id')
        .where(matches(which))
        .where(isListed(subjects))
        .executeTakeFirst();
      return found ? loadOne(db, query => query.where('id', '=', found.id)) : null;
    },
    async named(which) {
      const row = await db
        .selectFrom('dashboards')
        .select(['id', 'slug', 'owner'])
        .where(matches(which))
        .where('deleting', '=', 0)
        .executeTakeFirst();
      return row ?? null;
    },
    byStart: startId =>
      loadOne(db, query =>
        query.where('id', 'in', db.selectFrom('runners').select('dashboard_id').where('start_id', '=', startId))
      ),

    some: ids => loadInOrder(db, ids),

    async page(query) {
      const found = await findListed(db, { ...query, limit: query.limit + 1 });
      const positions = found.slice(0, query.limit);
      const aggregates = await loadInOrder(
        db,
        positions.map(({ id }) => id)
      );
      return { aggregates, next: found.length > query.limit ? (positions.at(-1) ?? null) : null };
    },

    toReconcile(all = false) {
      const runners = db.selectFrom('runners').select('dashboard_id');
      return loadAggregates(db, query =>
        query.where(eb =>
          eb.or([
            eb('desired', '=', 'on'),
            eb('deleting', '=', 1),
            eb('id', 'in', all ? runners : runners.where('ready', '=', 1))
          ])
        )
      );
    },

    async slugTaken(slug) {
      return (await db.selectFrom('dashboards').select('id').where('slug', '=', slug).executeTakeFirst()) !== undefined;
    },

    async versions(id) {
      const rows = await db
        .selectFrom('versions')
        .selectAll()
        .where('dashboard_id', '=', id)
        .orderBy('n', 'desc')
        .execute();
      return rows.map(versionRecord);
    },

    async keptVersions() {
      const rows = await db.selectFrom('versions').select(['dashboard_id', 'n', 'state']).execute();
      const versions = new Map<string, Pick<VersionRecord, 'n' | 'state'>[]>();
      for (const { dashboard_id: id, n, state } of rows) {
        const some = versions.get(id) ?? [];
        some.push({ n, state: state as VersionRecord['state'] });
        versions.set(id, some);
      }
      return new Map([...versions].map(([id, some]) => [id, keptVersions(some)]));
    },

    async hasVolumes() {
      const row = await db
        .selectFrom('versions')
        .select('n')
        .where('volume', 'is not', null)
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },

    async wasWorkedOn(id) {
      const row = await db
        .selectFrom('build_events')
        .innerJoin('builds', 'builds.id', 'build_events.build_id')
        .select('builds.id')
        .where('builds.dashboard_id', '=', id)
        .where(sql`json_extract(build_events.body, '$.build.state')`, 'in', WORKED_ON)
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },

    async create(dashboard, nameKey, version, build, keyed) {
      const outcome = await conflictOf(() =>
        db.transaction().execute(async trx => {
          // First: of two requests with one key, the other one must not fail on the name.
          if (keyed) {
            await writeKey(trx, keyed);
          }
          await trx.insertInto('dashboards').values(dashboardRow(dashboard, nameKey)).execute();
          await writeListings(trx, dashboard);
          await trx.insertInto('versions').values(versionRow(version)).execute();
          await trx.insertInto('builds').values(buildRow(build)).execute();
          const at = Date.parse(build.createdAt);
          await appendState(trx, build, at);
          await writeAudit(trx, dashboard.id, {
            actor: version.author,
            action: 'publish',
            detail: describePublish(dashboard),
            at
          });
        })
      );
      return outcome ?? null;
    },

    addVersion: (version, build, audience) =>
      add(build, { actor: version.author, action: 'update' }, async (trx, dashboard) => {
        if (audience && !sameAudience(dashboard.audience, audience.was)) {
          return 'audience_changed';
        }
        if (audience && !sameAudience(dashboard.audience, audience.now)) {
          await narrow(trx, dashboard, audience.now, version);
        }
        const { n } = await trx
          .selectFrom('versions')
          .select(eb => eb.fn.max('n').as('n'))
          .where('dashboard_id', '=', version.dashboardId)
          .executeTakeFirstOrThrow();
        const next = (n ?? 0) + 1;
        await trx
          .insertInto('versions')
          .values(versionRow({ ...version, n: next }))
          .execute();
        return { ...build, version: next };
      }),

    addBuild: (build, actor) => add(build, { actor, action: 'activate' }, async () => build),

    async patch(id, patch) {
      const outcome = await conflictOf(() =>
        db.transaction().execute(async trx => {
          const before = await trx
            .selectFrom('dashboards')
            .selectAll()
            .where('id', '=', id)
            .where('deleting', '=', 0)
            .executeTakeFirst();
          if (!before) {
            return 'deleted';
          }
          const renamed = await trx
            .updateTable('dashboards')
            .set({
              updated_at: patch.updatedAt,
              ...(patch.name === undefined ? {} : { name: patch.name, name_key: patch.nameKey }),
              ...(patch.description === undefined ? {} : { description: patch.description })
            })
            .where('id', '=', id)
            .returningAll()
            .executeTakeFirstOrThrow();
          await trx
            .updateTable('dashboards')
            .set({ search_text: searchText(renamed) })
            .where('id', '=', id)
            .execute();
          const at = Date.parse(patch.updatedAt);
          let after = dashboardRecord(renamed);
          if (patch.audience !== undefined) {
            // What was to hold with the version that is being built is overtaken by this.
            await trx
              .updateTable('builds')
              .set({ audience: null })
              .where('dashboard_id', '=', id)
              .where('ended_at', 'is', null)
              .execute();
          }
          if (patch.audience !== undefined && JSON.stringify(patch.audience) !== before.audience) {
            after = await writeAudience(trx, after, patch.audience, at);
          }
          await writeAudit(trx, id, {
            actor: patch.actor,
            action: 'patch',
            detail: describePatch(dashboardRecord(before), after),
            at
          });
        })
      );
      return outcome ?? null;
    },

    moveDesired: (id, from, to, at, audit) =>
      db.transaction().execute(async trx => {
        const { numUpdatedRows } = await trx
          .updateTable('dashboards')
          .set({ desired: to, updated_at: isoTime(at) })
          .where('id', '=', id)
          .where('desired', '=', from)
          .executeTakeFirst();
        if (audit && numUpdatedRows > 0n) {
          await writeAudit(trx, id, audit);
        }
        return numUpdatedRows > 0n;
      }),

    async setProblem(id, problem, at) {
      await db
        .updateTable('dashboards')
        .set(problem ? { problem: JSON.stringify(problem), problem_at: at } : { problem: null, problem_at: null })
        .where('id', '=', id)
        .execute();
    },

    async outgrow(at) {
      await db
        .updateTable('dashboards')
        .set({ revision: sql<number>`max(revision + 1, ${at})` })
        .execute();
    },

    async markDeleting(id, at, actor) {
      await db.transaction().execute(async trx => {
        const row = await trx.selectFrom('dashboards').selectAll().where('id', '=', id).executeTakeFirst();
        if (row && row.deleting === 0) {
          await recordSeenBy(trx, id, dashboardRecord(row), at);
          await writeAudit(trx, id, { actor, action: 'delete', detail: row.name, at });
        }
        await removeListings(trx, id);
        // What is unique is given free, so that the name can be used again while the server is still being removed.
        await trx
          .updateTable('dashboards')
          .set({ deleting: 1, slug: `deleted ${id}`, name_key: `deleted ${id}`, updated_at: isoTime(at) })
          .where('id', '=', id)
          .execute();
      });
    },

    async remove(id) {
      await db.deleteFrom('dashboards').where('id', '=', id).execute();
    },

    async bindOwner(id, hubId) {
      await db
        .updateTable('dashboards')
        .set({ owner_hub_id: hubId })
        .where('id', '=', id)
        .where('owner_hub_id', 'is', null)
        .execute();
      const row = await db.selectFrom('dashboards').select('owner_hub_id').where('id', '=', id).executeTakeFirst();
      return row?.owner_hub_id === hubId;
    },

    ...createRunnerStore(db)
  };
}

/** In the transaction of the update that leaves people out: without it, they stay. */
async function narrow(
  trx: Transaction<Tables>,
  dashboard: DashboardRecord,
  audience: Audience,
  { author: actor, createdAt }: VersionRecord
): Promise<void> {
  const at = Date.parse(createdAt);
  const after = await writeAudience(trx, dashboard, audience, at);
  await writeAudit(trx, dashboard.id, { actor, action: 'patch', detail: describePatch(dashboard, after), at });
}

import { sql, type Transaction } from 'kysely';

import type { BuildEvent } from '../../contract';
import type { BuildRecord } from '../builds/build';
import { versionsToRemove } from '../builds/retention';
import type { BuildStore } from '../builds/store';
import { isFinal } from '../builds/transitions';
import { isoTime } from '../clock';
import { appendEvent, writeBuildState } from './build-state';
import { buildRecord, versionRecord } from './records';
import type { Database, Tables } from './tables';

/** Log lines that are kept of one build; a build that writes more goes on, its later lines are not kept. */
const MAX_EVENTS = 20_000;

export function createBuildStore(db: Database): BuildStore {
  return {
    async get(id) {
      const row = await db.selectFrom('builds').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? buildRecord(row) : null;
    },

    async active() {
      const rows = await db
        .selectFrom('builds')
        .selectAll()
        .where('ended_at', 'is', null)
        .orderBy('created_at')
        .execute();
      return rows.map(buildRecord);
    },

    move: (build, to, move) =>
      db.transaction().execute(async trx => {
        const moved = await writeBuildState(trx, build, to, move);
        if (moved && isFinal(to)) {
          await afterEnd(trx, moved, move.at);
        }
        return moved;
      }),

    async extendLease(id, leaseUntil) {
      await db
        .updateTable('builds')
        .set({ lease_until: leaseUntil })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .execute();
    },

    succeed: (build, outcome, keep, at) =>
      db.transaction().execute(async trx => {
        const moved = await writeBuildState(trx, build, 'live', { at });
        if (!moved) {
          return null;
        }
        if (build.kind === 'publish') {
          await trx
            .updateTable('versions')
            .set({
              framework: outcome.framework,
              framework_reason: outcome.frameworkReason,
              manifest_hash: outcome.manifestHash,
              files: outcome.files,
              bytes: outcome.bytes,
              warnings: JSON.stringify(outcome.warnings),
              state: 'ready'
            })
            .where('dashboard_id', '=', build.dashboardId)
            .where('n', '=', build.version)
            .execute();
        }
        await trx
          .updateTable('dashboards')
          .set({
            live_version: build.version,
            revision: sql<number>`revision + 1`,
            problem: null,
            problem_at: null,
            updated_at: isoTime(at)
          })
          .where('id', '=', build.dashboardId)
          .execute();
        await removeOldVersions(trx, build.dashboardId, build.version, keep);
        return moved;
      }),

    appendLog: (id, lines, at) =>
      db.transaction().execute(async trx => {
        const { count } = await trx
          .selectFrom('build_events')
          .select(eb => eb.fn.countAll<number>().as('count'))
          .where('build_id', '=', id)
          .executeTakeFirstOrThrow();
        if (count < MAX_EVENTS) {
          await appendEvent(trx, id, at, { kind: 'log', lines });
        }
      }),

    async eventsAfter(id, seq) {
      const rows = await db
        .selectFrom('build_events')
        .selectAll()
        .where('build_id', '=', id)
        .where('seq', '>', seq)
        .orderBy('seq')
        .execute();
      return rows.map(row => ({ ...(JSON.parse(row.body) as object), seq: row.seq, at: row.at }) as BuildEvent);
    }
  };
}

/** The job is gone from the runner's state, and what it was making is not to be had. */
async function afterEnd(trx: Transaction<Tables>, build: BuildRecord, at: number): Promise<void> {
  if (build.kind === 'publish') {
    await trx
      .updateTable('versions')
      .set({ state: 'failed' })
      .where('dashboard_id', '=', build.dashboardId)
      .where('n', '=', build.version)
      .execute();
  }
  await trx
    .updateTable('dashboards')
    .set({ revision: sql<number>`revision + 1`, updated_at: isoTime(at) })
    .where('id', '=', build.dashboardId)
    .execute();
}

async function removeOldVersions(
  trx: Transaction<Tables>,
  dashboardId: string,
  live: number,
  keep: number
): Promise<void> {
  const rows = await trx.selectFrom('versions').selectAll().where('dashboard_id', '=', dashboardId).execute();
  const gone = versionsToRemove(rows.map(versionRecord), live, keep);
  if (gone.length > 0) {
    await trx
      .updateTable('versions')
      .set({ state: 'removed' })
      .where('dashboard_id', '=', dashboardId)
      .where('n', 'in', gone)
      .execute();
  }
}

import { sql, type Transaction } from 'kysely';

import type { AppStatus, BuildEvent } from '../../contract';
import type { BuildRecord } from '../builds/build';
import { logsToRemove, versionsToRemove } from '../builds/retention';
import type { BuildStore } from '../builds/store';
import { isFinal } from '../builds/transitions';
import { isoTime } from '../clock';
import { describePatch, describeVersion } from '../audit/details';
import { writeAudience } from './audience';
import { writeAudit } from './audit';
import { appendState, writeBuildState } from './build-state';
import { removeLogs } from './log-store';
import { buildRecord, dashboardRecord, runnerRecord, versionRecord } from './records';
import type { Database, Tables } from './tables';

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
        if (moved && to === 'failed') {
          // Of a problem the code alone: what an app says may hold anything.
          const code = moved.problem ? `, ${moved.problem.code}` : '';
          await writeOutcome(trx, moved, 'failed', describeVersion(moved.version) + code, move.at);
        }
        if (moved && to === 'cancelled' && move.actor !== undefined) {
          const entry = {
            actor: move.actor,
            action: 'cancel',
            detail: describeVersion(build.version),
            at: move.at
          } as const;
          await writeAudit(trx, build.dashboardId, entry);
        }
        return moved;
      }),

    setWantsFiles: (build, wanted, at) =>
      db.transaction().execute(async trx => {
        const row = await trx
          .updateTable('builds')
          .set({ wants_files: wanted ? 1 : 0 })
          .where('id', '=', build.id)
          .where('ended_at', 'is', null)
          .where('wants_files', '=', wanted ? 0 : 1)
          .returningAll()
          .executeTakeFirst();
        if (!row) {
          return null;
        }
        const changed = buildRecord(row);
        await appendState(trx, changed, at);
        return changed;
      }),

    setPrepared: (id, volume, at) =>
      db.transaction().execute(async trx => {
        const build = await trx
          .updateTable('builds')
          .set({ prepared: 1 })
          .where('id', '=', id)
          .where('ended_at', 'is', null)
          .returningAll()
          .executeTakeFirst();
        if (!build) {
          return;
        }
        await appendState(trx, buildRecord(build), at);
        await trx
          .updateTable('versions')
          .set({ volume: volume && JSON.stringify(volume) })
          .where('dashboard_id', '=', build.dashboard_id)
          .where('n', '=', build.version)
          .execute();
        // The state that a runner is told has a job more.
        await trx
          .updateTable('dashboards')
          .set({ revision: sql<number>`revision + 1` })
          .where('id', '=', build.dashboard_id)
          .execute();
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
          const runner = await trx
            .selectFrom('runners')
            .selectAll()
            .where('dashboard_id', '=', build.dashboardId)
            .executeTakeFirst();
          const pod = runner ? runnerRecord(runner).pod : null;
          const { python = null, framework = null } = outcome.installed ?? {};
          const builtWith = { image: pod?.image ?? null, profile: pod?.profile ?? null, python, framework };
          await trx
            .updateTable('versions')
            .set({
              framework: outcome.framework,
              framework_reason: outcome.frameworkReason,
              ...(outcome.entry !== undefined && {
                source: sql<string>`json_set(source, '$.entry', ${outcome.entry})`
              }),
              strategy: outcome.strategy ?? 'snapshot',
              commit_hash: outcome.commit ?? null,
              manifest_hash: outcome.manifestHash,
              files: outcome.files,
              bytes: outcome.bytes,
              warnings: JSON.stringify(outcome.warnings),
              state: 'ready',
              built_with: JSON.stringify(builtWith)
            })
            .where('dashboard_id', '=', build.dashboardId)
            .where('n', '=', build.version)
            .execute();
        }
        const row = await trx
          .selectFrom('dashboards')
          .selectAll()
          .where('id', '=', build.dashboardId)
          .executeTakeFirstOrThrow();
        const before = dashboardRecord(row);
        await trx
          .updateTable('dashboards')
          .set({
            live_version: build.version,
            // Who makes a version live wants it to be seen, also where an older one was stopped.
            ...(before.desired === 'off' ? { desired: 'on' } : {}),
            revision: sql<number>`revision + 1`,
            problem: null,
            problem_at: null,
            updated_at: isoTime(at)
          })
          .where('id', '=', build.dashboardId)
          .execute();
        // Else it would be starting until the runner's next heartbeat, which says the same.
        const serving: AppStatus = { state: 'serving', version: build.version, problem: null };
        await trx
          .updateTable('runners')
          .set({ app: JSON.stringify(serving) })
          .where('dashboard_id', '=', build.dashboardId)
          .execute();
        await removeOldVersions(trx, build.dashboardId, build.version, keep);
        const version = describeVersion(build.version);
        await writeOutcome(trx, moved, 'live', version, at);
        if (before.desired === 'off') {
          await writeOutcome(trx, moved, 'start', version, at);
        }
        if (moved.audience && !before.deleting) {
          const after = await writeAudience(trx, before, moved.audience, at);
          await writeOutcome(trx, moved, 'patch', describePatch(before, after), at);
        }
        return moved;
      }),

    async eventsAfter(id, seq) {
      // At one moment: what is written between two reads would stand before what was read already.
      const { states, lines } = await db.transaction().execute(async trx => ({
        states: await trx
          .selectFrom('build_events')
          .selectAll()
          .where('build_id', '=', id)
          .where('seq', '>', seq)
          .orderBy('seq')
          .execute(),
        lines: await trx
          .selectFrom('log_lines')
          .select(['at', 'text', 'build_event'])
          .where('build_id', '=', id)
          .where('build_event', '>', seq)
          .orderBy('seq')
          .execute()
      }));
      const events = states.map(
        row => ({ ...(JSON.parse(row.body) as object), seq: row.seq, at: row.at }) as BuildEvent
      );
      const logs = new Map<number, BuildEvent & { kind: 'log' }>();
      for (const { at, text, build_event } of lines) {
        const seq = build_event ?? 0;
        const event = logs.get(seq) ?? { kind: 'log', seq, at, lines: [] };
        event.lines.push(text);
        logs.set(seq, event);
      }
      return [...events, ...logs.values()].sort((a, b) => a.seq - b.seq);
    }
  };
}

/** Records what came of a build, which is its author's doing whoever reports it. */
async function writeOutcome(
  trx: Transaction<Tables>,
  { dashboardId, version: n }: BuildRecord,
  action: 'live' | 'start' | 'patch' | 'failed',
  detail: string,
  at: number
): Promise<void> {
  const version = await trx
    .selectFrom('versions')
    .select('author')
    .where('dashboard_id', '=', dashboardId)
    .where('n', '=', n)
    .executeTakeFirst();
  await writeAudit(trx, dashboardId, { actor: version?.author ?? '', action, detail, at });
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
  if (build.kind === 'activate' && build.problem?.code === 'file_missing') {
    // Of what is no copy it is the author's folder that is not there, and may be again.
    await trx
      .updateTable('versions')
      .set({ state: 'lost' })
      .where('dashboard_id', '=', build.dashboardId)
      .where('n', '=', build.version)
      .where('state', '=', 'ready')
      .where('strategy', '!=', 'live')
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
  const versions = rows.map(versionRecord);
  await removeLogs(trx, dashboardId, logsToRemove(versions, live, keep));
  const gone = versionsToRemove(versions, live, keep);
  if (gone.length > 0) {
    await trx
      .updateTable('versions')
      .set({ state: 'removed' })
      .where('dashboard_id', '=', dashboardId)
      .where('n', 'in', gone)
      .execute();
  }
}

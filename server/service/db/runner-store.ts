import { isoTime } from '../clock';
import type { RunnerStore } from '../dashboards/store';
import { runnerRecord } from './records';
import type { Database } from './tables';

export function createRunnerStore(db: Database): RunnerStore {
  return {
    async beginStart(id, startId, at, mounted = []) {
      const values = {
        start_id: startId,
        started_at: at,
        ready: 0,
        server_url: null,
        app: null,
        connections: 0,
        viewers: 0,
        heartbeat_at: null,
        mounted: JSON.stringify(mounted),
        pod: null
      };
      const row = await db
        .insertInto('runners')
        .values({ dashboard_id: id, ...values })
        .onConflict(conflict => conflict.column('dashboard_id').doUpdateSet(values))
        .returningAll()
        .executeTakeFirstOrThrow();
      return runnerRecord(row);
    },

    async setPod(id, pod) {
      await db
        .updateTable('runners')
        .set({ pod: JSON.stringify(pod) })
        .where('dashboard_id', '=', id)
        .execute();
    },

    async setReady(startId, serverUrl) {
      await db
        .updateTable('runners')
        .set({ ready: 1, server_url: serverUrl })
        .where('start_id', '=', startId)
        .execute();
    },

    recordStored: (startId, { here, gone }, at) =>
      db.transaction().execute(async trx => {
        const runner = await trx.selectFrom('runners').selectAll().where('start_id', '=', startId).executeTakeFirst();
        if (!runner) {
          return false;
        }
        const { dashboard_id: id, started_at: startedAt } = runner;
        // What was made since then was not there yet.
        const fresh = trx
          .selectFrom('builds')
          .select('version')
          .where('dashboard_id', '=', id)
          .where('kind', '=', 'publish')
          .where('ended_at', '>=', isoTime(startedAt));
        const versions = () => trx.updateTable('versions').where('dashboard_id', '=', id);
        const lost = await versions()
          .set({ state: 'lost' })
          .where('state', '=', 'ready')
          .where('n', 'in', gone)
          .where('n', 'not in', fresh)
          .executeTakeFirst();
        const found = await versions()
          .set({ state: 'ready' })
          .where('state', '=', 'lost')
          .where('n', 'in', here)
          .executeTakeFirst();
        const changed = lost.numUpdatedRows + found.numUpdatedRows > 0n;
        if (changed) {
          await trx
            .updateTable('dashboards')
            .set({ updated_at: isoTime(at) })
            .where('id', '=', id)
            .execute();
        }
        return changed;
      }),

    async recordHeartbeat(startId, { app, connections, viewers, at }) {
      await db
        .updateTable('runners')
        .set({ app: JSON.stringify(app), connections, viewers, heartbeat_at: at })
        .where('start_id', '=', startId)
        .execute();
    },

    async endStart(startId) {
      await db
        .updateTable('runners')
        .set({ ready: 0, app: null, connections: 0, viewers: 0 })
        .where('start_id', '=', startId)
        .execute();
    }
  };
}

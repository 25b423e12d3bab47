import type { Selectable, Transaction } from 'kysely';

import type { TicketRecord, ViewerSession, ViewerStore } from '../access/store';
import { writeAudit } from './audit';
import type { Database, Tables } from './tables';

export function createViewerStore(db: Database): ViewerStore {
  return {
    async session(id) {
      const row = await db.selectFrom('viewer_sessions').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? session(row) : null;
    },

    async sessions(ids) {
      const rows = await inParts(ids, some =>
        db.selectFrom('viewer_sessions').selectAll().where('id', 'in', some).execute()
      );
      return rows.map(session);
    },

    async addSession({ id, viewer, token, hubSession, createdAt }) {
      await db
        .insertInto('viewer_sessions')
        .values({ id, viewer, token, hub_session: hubSession, created_at: createdAt })
        .execute();
    },

    async setHubSession(id, hubSession) {
      await db.updateTable('viewer_sessions').set({ hub_session: hubSession }).where('id', '=', id).execute();
    },

    endSession: (id, at) =>
      db.transaction().execute(async trx => {
        await trx.deleteFrom('viewer_sessions').where('id', '=', id).execute();
        const rows = await trx
          .updateTable('tickets')
          .set({ ended_at: at })
          .where('viewer_session', '=', id)
          .where('ended_at', 'is', null)
          .returningAll()
          .execute();
        await recordEnded(trx, rows, at, 'signed out');
        return rows.map(ticket);
      }),

    addTicket: record =>
      db.transaction().execute(async trx => {
        await trx
          .insertInto('tickets')
          .values({
            id: record.id,
            dashboard_id: record.dashboardId,
            start_id: record.startId,
            viewer: record.viewer,
            viewer_session: record.viewerSession,
            issued_at: record.issuedAt,
            ended_at: record.endedAt
          })
          .execute();
        const { viewer: actor, issuedAt: at } = record;
        await writeAudit(trx, record.dashboardId, { actor, action: 'view_allowed', detail: '', at });
      }),

    async tickets(ids) {
      const rows = await inParts(ids, some => db.selectFrom('tickets').selectAll().where('id', 'in', some).execute());
      return rows.map(ticket);
    },

    async openTickets(dashboardId) {
      const rows = await db
        .selectFrom('tickets')
        .selectAll()
        .where('dashboard_id', '=', dashboardId)
        .where('ended_at', 'is', null)
        .execute();
      return rows.map(ticket);
    },

    async endTickets(ids, at, reason) {
      await inParts(ids, some =>
        db.transaction().execute(async trx => {
          const rows = await trx
            .updateTable('tickets')
            .set({ ended_at: at })
            .where('id', 'in', some)
            .where('ended_at', 'is', null)
            .returningAll()
            .execute();
          await recordEnded(trx, rows, at, reason);
          return [];
        })
      );
    },

    async prune(before) {
      await db.deleteFrom('viewer_sessions').where('created_at', '<', before).execute();
      await db.deleteFrom('tickets').where('issued_at', '<', before).execute();
    }
  };
}

/** Once for each viewer of a dashboard, however many tabs they had open. */
async function recordEnded(
  trx: Transaction<Tables>,
  tickets: readonly Selectable<Tables['tickets']>[],
  at: number,
  detail: string
): Promise<void> {
  const ended = new Map(tickets.map(row => [`${row.dashboard_id} ${row.viewer}`, row]));
  for (const { dashboard_id, viewer } of ended.values()) {
    await writeAudit(trx, dashboard_id, { actor: viewer, action: 'session_ended', detail, at });
  }
}

/** SQLite takes a limited number of parameters in one statement. */
async function inParts<T>(ids: readonly string[], query: (some: readonly string[]) => Promise<T[]>): Promise<T[]> {
  const rows: T[] = [];
  for (let start = 0; start < ids.length; start += 1_000) {
    rows.push(...(await query(ids.slice(start, start + 1_000))));
  }
  return rows;
}

function session(row: Selectable<Tables['viewer_sessions']>): ViewerSession {
  return {
    id: row.id,
    viewer: row.viewer,
    token: row.token,
    hubSession: row.hub_session,
    createdAt: row.created_at
  };
}

function ticket(row: Selectable<Tables['tickets']>): TicketRecord {
  return {
    id: row.id,
    dashboardId: row.dashboard_id,
    startId: row.start_id,
    viewer: row.viewer,
    viewerSession: row.viewer_session,
    issuedAt: row.issued_at,
    endedAt: row.ended_at
  };
}

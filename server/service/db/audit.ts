import { sql, type Transaction } from 'kysely';

import type { AuditRecord } from '../../contract';
import type { AuditEntry, AuditLog } from '../audit/audit';
import { isoTime } from '../clock';
import type { Database, Tables } from './tables';

/** Removed in one statement, so that nobody waits for it. */
const AT_ONCE = 1_000;

/**
 * Records something about a dashboard, in the transaction that does it. One that is being deleted has given up its slug:
 * its earlier records know it.
 */
export async function writeAudit(
  db: Database | Transaction<Tables>,
  dashboardId: string,
  { actor, action, detail, at }: AuditEntry
): Promise<void> {
  await sql`
    insert into audit (at, actor, action, dashboard_id, slug, owner, detail)
    select ${isoTime(at)}, ${actor}, ${action}, id,
      case deleting when 0 then slug else coalesce(
        (select a.slug from audit a where a.dashboard_id = dashboards.id order by a.seq desc limit 1), slug) end,
      owner, ${detail}
    from dashboards where id = ${dashboardId}`.execute(db);
}

/** Records something that is about no dashboard, in the transaction that does it. */
export async function writeAuditOf(
  db: Database | Transaction<Tables>,
  owner: string,
  { actor, action, detail, at }: AuditEntry
): Promise<void> {
  const about = { dashboard_id: null, slug: null, owner };
  await db
    .insertInto('audit')
    .values({ at: isoTime(at), actor, action, detail, ...about })
    .execute();
}

export function createAuditLog(db: Database): AuditLog {
  return {
    record: (dashboardId, entry) => writeAudit(db, dashboardId, entry),

    async recordRefusals(refusals) {
      const rows = refusals.map(({ actor, action, dashboard, detail, at }) => ({
        at: isoTime(at),
        actor,
        action,
        dashboard_id: dashboard?.id ?? null,
        slug: dashboard?.slug ?? null,
        owner: dashboard?.owner ?? null,
        detail
      }));
      await db.insertInto('audit').values(rows).execute();
    },

    async list({ dashboardId, before, limit }) {
      let query = db.selectFrom('audit').selectAll().orderBy('seq', 'desc').limit(limit);
      query = dashboardId === null ? query : query.where('dashboard_id', '=', dashboardId);
      query = before === null ? query : query.where('seq', '<', before);
      return (await query.execute()).map(row => ({
        seq: row.seq,
        at: row.at,
        actor: row.actor,
        action: row.action as AuditRecord['action'],
        dashboardId: row.dashboard_id,
        slug: row.slug,
        owner: row.owner,
        detail: row.detail
      }));
    },

    async forget(before) {
      let removed = 0;
      do {
        // By number, which needs no index on the time: older records have smaller ones.
        const oldest = db.selectFrom('audit').select('seq').orderBy('seq').limit(AT_ONCE);
        const { numDeletedRows } = await db
          .deleteFrom('audit')
          .where('seq', 'in', oldest)
          .where('at', '<', isoTime(before))
          .executeTakeFirst();
        removed = Number(numDeletedRows);
      } while (removed === AT_ONCE);
    }
  };
}

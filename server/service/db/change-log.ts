import { sql, type Transaction } from 'kysely';

import type { ChangeEntry, ChangeLog } from '../dashboards/change-log';
import { isoTime } from '../clock';
import { newestNumber } from './sequence';
import type { Database, Tables } from './tables';

/** In the transaction that changes who may see a dashboard, or deletes it. */
export async function recordSeenBy(
  trx: Transaction<Tables>,
  id: string,
  seenBy: NonNullable<ChangeEntry['seenBy']>,
  at: number
): Promise<void> {
  const { owner, audience } = seenBy;
  await trx
    .insertInto('dashboard_changes')
    .values({ dashboard_id: id, seen_by: JSON.stringify({ owner, audience }), at })
    .execute();
}

export function createChangeLog(db: Database): ChangeLog {
  const latest = () => newestNumber(db, 'dashboard_changes');

  /** Only of those that are still there: of the others, the record of who could see them says enough. */
  const append = (ids: readonly string[], at: number) =>
    db.transaction().execute(async trx => {
      const wanted = JSON.stringify(ids);
      const among = (column: string) => sql<boolean>`${sql.ref(column)} in (select value from json_each(${wanted}))`;
      await trx.deleteFrom('dashboard_changes').where('seen_by', 'is', null).where(among('dashboard_id')).execute();
      await trx
        .insertInto('dashboard_changes')
        .columns(['dashboard_id', 'seen_by', 'at'])
        .expression(
          trx
            .selectFrom('dashboards')
            .select(['id', sql<string | null>`null`.as('seen_by'), sql<number>`${at}`.as('at')])
            .where('deleting', '=', 0)
            .where(among('id'))
        )
        .execute();
    });

  return {
    append,
    latest,

    async catchUp(at) {
      const last = await db
        .selectFrom('dashboard_changes')
        .select(eb => eb.fn.max('at').as('at'))
        .executeTakeFirst();
      const rows = await db
        .selectFrom('dashboards')
        .select('id')
        .where('updated_at', '>=', isoTime(last?.at ?? 0))
        .execute();
      await append(
        rows.map(({ id }) => id),
        at
      );
    },

    async after(seq, limit) {
      const forgotten = await db.selectFrom('forgotten_changes').select('seq').executeTakeFirstOrThrow();
      // A number that was never given is of another database: nothing is known of what that reader has seen.
      if (seq < forgotten.seq || seq > (await latest())) {
        return null;
      }
      const rows = await db
        .selectFrom('dashboard_changes')
        .selectAll()
        .where('seq', '>', seq)
        .orderBy('seq')
        .limit(limit + 1)
        .execute();
      return rows.length > limit
        ? null
        : rows.map(row => ({
            seq: row.seq,
            dashboardId: row.dashboard_id,
            seenBy: row.seen_by === null ? null : (JSON.parse(row.seen_by) as ChangeEntry['seenBy'])
          }));
    },

    forget: before =>
      db.transaction().execute(async trx => {
        const old = trx.selectFrom('dashboard_changes').where('seen_by', 'is not', null).where('at', '<', before);
        const last = await old.select(eb => eb.fn.max('seq').as('seq')).executeTakeFirst();
        if (last?.seq) {
          await trx
            .deleteFrom('dashboard_changes')
            .where('seen_by', 'is not', null)
            .where('seq', '<=', last.seq)
            .execute();
          await trx.updateTable('forgotten_changes').set({ seq: last.seq }).where('seq', '<', last.seq).execute();
        }
      })
  };
}

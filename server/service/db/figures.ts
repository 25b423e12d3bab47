import { sql } from 'kysely';

import type { Figures } from '../metrics/figures';
import { loadAggregates } from './aggregates';
import type { Database } from './tables';

export function createFigures(db: Database): Figures {
  const building = db.selectFrom('builds').select('dashboard_id').where('ended_at', 'is', null);
  return {
    async builds() {
      const rows = await db
        .selectFrom('builds')
        .select(['state', eb => eb.fn.countAll<number>().as('count')])
        .groupBy('state')
        .execute();
      return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
    },

    async idle() {
      // As `shownState` decides it, for those whose runner does not matter.
      const shown = sql<'off' | 'failed' | 'cancelled' | 'asleep'>`case
        when live_version is not null and desired = 'off' then 'off'
        when problem is not null then 'failed'
        when live_version is not null then 'asleep'
        when (select state from builds where dashboard_id = dashboards.id order by rowid desc limit 1) = 'cancelled'
          then 'cancelled'
        else 'failed' end`;
      const rows = await db
        .selectFrom('dashboards')
        .select([shown.as('shown'), eb => eb.fn.countAll<number>().as('count')])
        .where('deleting', '=', 0)
        .where('desired', '<>', 'on')
        .where('id', 'not in', building)
        .groupBy('shown')
        .execute();
      const count = new Map(rows.map(row => [row.shown, row.count]));
      const of = (state: 'off' | 'failed' | 'cancelled' | 'asleep') => count.get(state) ?? 0;
      return { off: of('off'), failed: of('failed'), cancelled: of('cancelled'), asleep: of('asleep') };
    },

    busy: () =>
      loadAggregates(db, query =>
        query.where('deleting', '=', 0).where(eb => eb.or([eb('desired', '=', 'on'), eb('id', 'in', building)]))
      )
  };
}

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
      const shown = sql<'off' | 'failed' | 'asleep'>`case
        when desired = 'off' then 'off'
        when problem is not null or live_version is null then 'failed'
        else 'asleep' end`;
      const rows = await db
        .selectFrom('dashboards')
        .select([shown.as('shown'), eb => eb.fn.countAll<number>().as('count')])
        .where('deleting', '=', 0)
        .where('desired', '<>', 'on')
        .where('id', 'not in', building)
        .groupBy('shown')
        .execute();
      const count = new Map(rows.map(row => [row.shown, row.count]));
      return { off: count.get('off') ?? 0, failed: count.get('failed') ?? 0, asleep: count.get('asleep') ?? 0 };
    },

    busy: () =>
      loadAggregates(db, query =>
        query.where('deleting', '=', 0).where(eb => eb.or([eb('desired', '=', 'on'), eb('id', 'in', building)]))
      )
  };
}

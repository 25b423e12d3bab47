import type { Transaction } from 'kysely';

import type { Audience } from '../../contract';
import type { DashboardRecord } from '../dashboards/dashboard';
import { recordSeenBy } from './change-log';
import { writeListings } from './listings';
import type { Tables } from './tables';

/** Changes who may look at a dashboard, and what depends on that. @returns the dashboard as it is now */
export async function writeAudience(
  trx: Transaction<Tables>,
  before: DashboardRecord,
  audience: Audience,
  at: number
): Promise<DashboardRecord> {
  const after = { ...before, audience };
  await trx
    .updateTable('dashboards')
    .set({ audience: JSON.stringify(audience) })
    .where('id', '=', before.id)
    .execute();
  await writeListings(trx, after);
  await recordSeenBy(trx, before.id, before, at);
  return after;
}

import type { Transaction } from 'kysely';

import { KEY_MS, KEYS_EACH, type KeyedPublish, type KeyStore } from '../dashboards/idempotency';
import type { Database, Tables } from './tables';

/** Takes the key, or fails on the unique index when it is taken. Makes room for it where there are too many. */
export async function writeKey(trx: Transaction<Tables>, keyed: KeyedPublish): Promise<void> {
  const { owner, at } = keyed;
  await trx
    .deleteFrom('idempotency_keys')
    .where('owner', '=', owner)
    .where('at', '<', at - KEY_MS)
    .execute();
  const surplus = trx
    .selectFrom('idempotency_keys')
    .select('key')
    .where('owner', '=', owner)
    .orderBy('at', 'desc')
    .limit(-1)
    .offset(KEYS_EACH - 1);
  await trx.deleteFrom('idempotency_keys').where('owner', '=', owner).where('key', 'in', surplus).execute();
  await trx
    .insertInto('idempotency_keys')
    .values({
      owner,
      key: keyed.key,
      body_hash: keyed.bodyHash,
      dashboard_id: keyed.dashboardId,
      build_id: keyed.buildId,
      at
    })
    .execute();
}

export function createKeyStore(db: Database): KeyStore {
  return {
    async find(owner, key, since) {
      const row = await db
        .selectFrom('idempotency_keys')
        .selectAll()
        .where('owner', '=', owner)
        .where('key', '=', key)
        .where('at', '>=', since)
        .executeTakeFirst();
      return row
        ? {
            owner,
            key,
            bodyHash: row.body_hash,
            dashboardId: row.dashboard_id,
            buildId: row.build_id,
            at: row.at
          }
        : null;
    },
    async forget(before) {
      await db.deleteFrom('idempotency_keys').where('at', '<', before).execute();
    }
  };
}

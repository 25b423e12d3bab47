import type { Selectable } from 'kysely';

import type { GitCredentialRecord, GitCredentialStore } from '../git/store';
import { writeAuditOf } from './audit';
import type { Database, Tables } from './tables';

export function createGitCredentialStore(db: Database): GitCredentialStore {
  return {
    add: (record, most, entry) =>
      db.transaction().execute(async trx => {
        const { count } = await trx
          .selectFrom('git_credentials')
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .where('owner', '=', record.owner)
          .executeTakeFirstOrThrow();
        if (Number(count) >= most) {
          return false;
        }
        await trx
          .insertInto('git_credentials')
          .values({
            id: record.id,
            owner: record.owner,
            owner_hub_id: record.ownerHubId,
            kind: record.kind,
            host: record.host,
            username: record.username,
            public_key: record.publicKey,
            sealed: record.sealed,
            created_at: record.createdAt
          })
          .execute();
        await writeAuditOf(trx, record.owner, entry);
        return true;
      }),

    async of(owner) {
      const rows = await db
        .selectFrom('git_credentials')
        .selectAll()
        .where('owner', '=', owner)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(credential);
    },

    async get(id) {
      const row = await db.selectFrom('git_credentials').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? credential(row) : null;
    },

    remove: (owner, id, entry) =>
      db.transaction().execute(async trx => {
        const of = trx.deleteFrom('git_credentials').where('owner', '=', owner).where('id', '=', id);
        const row = await of.returningAll().executeTakeFirst();
        if (row) {
          await writeAuditOf(trx, owner, entry(credential(row)));
        }
        return row !== undefined;
      }),

    async bindOwner(id, hubId) {
      const { numUpdatedRows } = await db
        .updateTable('git_credentials')
        .set({ owner_hub_id: hubId })
        .where('id', '=', id)
        .where(({ or, eb }) => or([eb('owner_hub_id', 'is', null), eb('owner_hub_id', '=', hubId)]))
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    async owners() {
      const rows = await db.selectFrom('git_credentials').select('owner').distinct().execute();
      return rows.map(({ owner }) => owner);
    },

    removeAllOf: (owner, entry) =>
      db.transaction().execute(async trx => {
        for (const row of await trx.deleteFrom('git_credentials').where('owner', '=', owner).returningAll().execute()) {
          await writeAuditOf(trx, owner, entry(credential(row)));
        }
      })
  };
}

function credential(row: Selectable<Tables['git_credentials']>): GitCredentialRecord {
  return {
    id: row.id,
    owner: row.owner,
    ownerHubId: row.owner_hub_id,
    kind: row.kind,
    host: row.host,
    username: row.username,
    publicKey: row.public_key,
    sealed: row.sealed,
    createdAt: row.created_at
  };
}

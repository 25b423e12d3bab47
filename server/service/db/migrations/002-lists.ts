import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

import { searchText, type Audience } from '../../../contract';
import { listedUnder } from '../../dashboards/listing';
import type { Tables } from '../tables';

const STATEMENTS = [
  // Under whom a dashboard is listed: a page of anybody's list is read from the first entries of a few subjects.
  `create table listings (
    subject text not null,
    created_at text not null,
    dashboard_id text not null references dashboards (id) on delete cascade,
    owner text not null,
    primary key (subject, created_at, dashboard_id)
  ) without rowid`,
  `create index listings_by_dashboard on listings (dashboard_id)`,
  `alter table dashboards add column search_text text not null default ''`
];

/** Lists page by page, also for those with whom dashboards are shared. */
export const lists: Migration = {
  async up(untyped: Kysely<unknown>) {
    for (const statement of STATEMENTS) {
      await sql.raw(statement).execute(untyped);
    }
    const db = untyped as Kysely<Tables>;
    const rows = await db
      .selectFrom('dashboards')
      .select(['id', 'owner', 'audience', 'name', 'description', 'slug', 'created_at', 'deleting'])
      .execute();
    for (const row of rows) {
      await db
        .updateTable('dashboards')
        .set({ search_text: searchText(row) })
        .where('id', '=', row.id)
        .execute();
      const subjects = row.deleting ? [] : listedUnder({ ...row, audience: JSON.parse(row.audience) as Audience });
      for (const subject of subjects) {
        await db
          .insertInto('listings')
          .values({ subject, created_at: row.created_at, dashboard_id: row.id, owner: row.owner })
          .execute();
      }
    }
  }
};

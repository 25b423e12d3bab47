import { sql, type RawBuilder, type Transaction } from 'kysely';

import type { Audience } from '../../contract';
import type { Position } from '../dashboards/cursor';
import { listedUnder } from '../dashboards/listing';
import type { PageQuery } from '../dashboards/store';
import type { Database, Tables } from './tables';

/** SQLite joins a limited number of selects, and takes a limited number of parameters, in one statement. */
const AT_ONCE = 100;

type Row = { created_at: string; dashboard_id: string };

/** Lists a dashboard where its owner and audience want it, and nowhere else. */
export async function writeListings(
  trx: Transaction<Tables>,
  dashboard: { id: string; owner: string; audience: Audience; createdAt: string }
): Promise<void> {
  const { id, owner, createdAt } = dashboard;
  await removeListings(trx, id);
  const rows = [...new Set(listedUnder(dashboard))].map(subject => ({
    subject,
    owner,
    created_at: createdAt,
    dashboard_id: id
  }));
  await trx.insertInto('listings').values(rows).execute();
}

export async function removeListings(trx: Transaction<Tables>, id: string): Promise<void> {
  await trx.deleteFrom('listings').where('dashboard_id', '=', id).execute();
}

/**
 * Ids of a page, newest first. Of each subject no more entries are read than the page has, so that the number of
 * dashboards does not matter.
 */
export async function findListed(db: Database, query: PageQuery): Promise<Position[]> {
  const { subjects, limit } = query;
  const found = new Map<string, Row>();
  for (let start = 0; start < subjects.length; start += AT_ONCE) {
    const { rows } = await pageOf(subjects.slice(start, start + AT_ONCE), query).execute(db);
    rows.forEach(row => found.set(row.dashboard_id, row));
  }
  return [...found.values()]
    .sort((a, b) => compare(b.created_at, a.created_at) || compare(b.dashboard_id, a.dashboard_id))
    .slice(0, limit)
    .map(row => ({ createdAt: row.created_at, id: row.dashboard_id }));
}

/** The statement behind it, for up to `AT_ONCE` subjects. Exported for the test of its plan. */
export function pageOf(subjects: readonly string[], query: PageQuery): RawBuilder<Row> {
  const parts = subjects.map(subject => entriesOf(subject, query));
  return sql<Row>`select created_at, dashboard_id from (${sql.join(parts, sql` union `)})
    order by created_at desc, dashboard_id desc limit ${query.limit}`;
}

function entriesOf(subject: string, { notOwner, search, after, limit }: PageQuery): RawBuilder<Row> {
  const conditions = [
    sql`listings.subject = ${subject}`,
    ...(notOwner === null ? [] : [sql`listings.owner <> ${notOwner}`]),
    ...(after ? [sql`(listings.created_at, listings.dashboard_id) < (${after.createdAt}, ${after.id})`] : []),
    ...(search ? [sql`instr(dashboards.search_text, ${search}) > 0`] : [])
  ];
  // `cross join` keeps SQLite from turning the order round: entries are walked from the newest until enough are found.
  const table = search ? sql`listings cross join dashboards on dashboards.id = listings.dashboard_id` : sql`listings`;
  return sql<Row>`select * from (
    select listings.created_at, listings.dashboard_id from ${table} where ${sql.join(conditions, sql` and `)}
    order by listings.created_at desc, listings.dashboard_id desc limit ${limit})`;
}

/** As SQLite compares: by code unit, whatever the language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

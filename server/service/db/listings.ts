import { sql, type RawBuilder, type SqlBool, type Transaction } from 'kysely';

import type { Audience } from '../../contract';
import type { Position } from '../dashboards/cursor';
import { listedUnder } from '../dashboards/listing';
import type { PageQuery } from '../dashboards/store';
import type { Database, Tables } from './tables';

/** Entries that are read of each subject before it is known of which more are needed. */
const FEW = 8;

type Row = { subject: string; created_at: string; dashboard_id: string };

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

/** Of a row of `dashboards`: that it is listed under one of these. */
export function isListed(subjects: readonly string[]): RawBuilder<SqlBool> {
  return sql`exists (select 1 from listings seen where seen.dashboard_id = dashboards.id
    and seen.subject in (select value from json_each(${JSON.stringify(subjects)})))`;
}

/** Ids of a page, newest first. */
export async function findListed(db: Database, query: PageQuery): Promise<Position[]> {
  const rows = query.search ? await searched(db, query) : await merged(db, query);
  return rows.map(row => ({ createdAt: row.created_at, id: row.dashboard_id }));
}

/**
 * The newest of several subjects. Of each a few entries are read first, and a page of them only of those that could have
 * more in it: what a page costs depends neither on the number of dashboards nor, much, on the number of subjects.
 */
async function merged(db: Database, query: PageQuery): Promise<Row[]> {
  const { subjects, limit } = query;
  const few = await newestOf(subjects, FEW, query).execute(db);
  const rows = newestFirst(few.rows).slice(0, limit);
  const oldest = rows.length < limit ? '' : (rows.at(-1)?.created_at ?? '');
  const more = subjects.filter(subject => {
    const read = few.rows.filter(row => row.subject === subject);
    // All entries of one moment are read together, so that what is older than the last one is what was not read.
    return read.length >= FEW && (read.at(-1)?.created_at ?? '') > oldest;
  });
  if (more.length === 0) {
    return rows;
  }
  const rest = await newestOf(more, limit, query).execute(db);
  return newestFirst([...few.rows, ...rest.rows]).slice(0, limit);
}

/** At least the newest `count` entries of each subject, newest first. Exported for the test of its plan. */
export function newestOf(subjects: readonly string[], count: number, { notOwner, after }: PageQuery): RawBuilder<Row> {
  const among = (alias: string) =>
    sql.join(
      [
        sql`${sql.ref(`${alias}.subject`)} = wanted.value`,
        ...(notOwner === null ? [] : [sql`${sql.ref(`${alias}.owner`)} <> ${notOwner}`]),
        ...(after
          ? [
              sql`(${sql.ref(`${alias}.created_at`)}, ${sql.ref(`${alias}.dashboard_id`)}) < (${after.createdAt}, ${after.id})`
            ]
          : [])
      ],
      sql` and `
    );
  return sql<Row>`
    select entry.subject, entry.created_at, entry.dashboard_id
    from json_each(${JSON.stringify(subjects)}) wanted cross join listings entry
    where ${among('entry')} and entry.created_at >= coalesce((
      select last.created_at from listings last where ${among('last')}
      order by last.created_at desc, last.dashboard_id desc limit 1 offset ${count - 1}), '')
    order by wanted.key, entry.created_at desc, entry.dashboard_id desc`;
}

/** Walks all dashboards from the newest on; who may see them is looked up for those alone that are found. */
async function searched(db: Database, { subjects, notOwner, search, after, limit }: PageQuery): Promise<Row[]> {
  const conditions = [
    sql`entry.subject = 'all'`,
    sql`instr(dashboards.search_text, ${search}) > 0`,
    isListed(subjects),
    ...(notOwner === null ? [] : [sql`entry.owner <> ${notOwner}`]),
    ...(after ? [sql`(entry.created_at, entry.dashboard_id) < (${after.createdAt}, ${after.id})`] : [])
  ];
  const { rows } = await sql<Row>`
    select entry.subject, entry.created_at, entry.dashboard_id
    from listings entry cross join dashboards on dashboards.id = entry.dashboard_id
    where ${sql.join(conditions, sql` and `)}
    order by entry.created_at desc, entry.dashboard_id desc limit ${limit}`.execute(db);
  return rows;
}

/** Each dashboard once, in the order of lists. */
function newestFirst(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map(row => [row.dashboard_id, row])).values()].sort(
    (a, b) => compare(b.created_at, a.created_at) || compare(b.dashboard_id, a.dashboard_id)
  );
}

/** As SQLite compares: by code unit, whatever the language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

import { sql } from 'kysely';

import type { Database, Tables } from './tables';

/**
 * The newest number that a table with `autoincrement` has given, also if its row is gone; 0 before the first. A higher
 * one that somebody knows is of another database: this one was restored from a backup, or begun anew.
 */
export async function newestNumber(db: Database, table: keyof Tables): Promise<number> {
  const { rows } = await sql<{ seq: number }>`select seq from sqlite_sequence where name = ${table}`.execute(db);
  return rows[0]?.seq ?? 0;
}

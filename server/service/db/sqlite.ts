import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

import { SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely';

import { OutOfOrder } from '../errors';
import { remember } from '../remember';

/** The database cannot be worked with. */
export class DatabaseUnusable extends OutOfOrder {}

/**
 * Opens the SQLite file for Kysely, which expects an object like better-sqlite3's.
 * @throws DatabaseUnusable when the folder is missing, or the file cannot be read and written or is damaged
 */
export function openSqlite(file: string): SqliteDialect {
  checkPlace(file);
  let database: DatabaseSync;
  try {
    database = new DatabaseSync(file, { timeout: 5_000 });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;');
    checkWhole(database);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DatabaseUnusable(`The database ${file} cannot be opened (${reason}). ${adviceOn(reason)}`, {
      cause: error
    });
  }
  return new SqliteDialect({ database: adapt(database) });
}
function adviceOn(reason: string): string {
  return /damaged|malformed|not a database/.test(reason)
    ? 'Restore it from a backup.'
    : "Give the Hub's user the right to read and write it, or set another database in configure(c).";
}

/** A damaged file is found now, and not by whoever comes across the damage. */
function checkWhole(database: DatabaseSync): void {
  const { quick_check: found } = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
  if (found !== 'ok') {
    throw new Error(`it is damaged: ${found}`);
  }
}

function checkPlace(file: string): void {
  const folder = dirname(file);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new DatabaseUnusable(
      `The folder ${folder} for the dashboards database does not exist. Create it, or set another database in configure(c).`
    );
  }
  try {
    accessSync(existsSync(file) ? file : folder, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw new DatabaseUnusable(
      `The database ${file} cannot be read and written. Give the Hub's user the right to do so, or set another database in configure(c).`,
      { cause: error }
    );
  }
}

/** Preparing a statement takes longer than most of them run. */
const MAX_PREPARED = 200;
/** What was prepared before a table has changed knows its old columns. */
const CHANGES_TABLES = /^\s*(alter|create|drop)\b/i;

function adapt(database: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>();
  const prepare = (sql: string): SqliteStatement => {
    const statement = database.prepare(sql);
    return {
      // A statement with result columns is read, any other is run.
      reader: statement.columns().length > 0,
      all: parameters => statement.all(...(parameters as SQLInputValue[])),
      run: parameters => statement.run(...(parameters as SQLInputValue[])),
      // One of its own: others may run the same statement between two rows.
      iterate: parameters =>
        database.prepare(sql).iterate(...(parameters as SQLInputValue[])) as IterableIterator<unknown>
    };
  };
  return {
    close: () => database.close(),
    prepare: sql => {
      if (CHANGES_TABLES.test(sql)) {
        prepared.clear();
        return prepare(sql);
      }
      const statement = prepared.get(sql) ?? prepare(sql);
      remember(prepared, sql, statement, MAX_PREPARED);
      return statement;
    }
  };
}

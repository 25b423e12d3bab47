import type { Conflict } from '../dashboards/store';

const COLUMNS: readonly [string, Conflict][] = [
  ['idempotency_keys.key', 'key_taken'],
  ['dashboards.name_key', 'name_taken'],
  ['dashboards.slug', 'slug_taken'],
  ['builds.dashboard_id', 'build_running']
];

/** Runs a transaction and says which of the database's unique indexes stopped it, if one did. */
export async function conflictOf<T>(run: () => Promise<T>): Promise<T | Conflict> {
  try {
    return await run();
  } catch (error) {
    // SQLite names the columns: "UNIQUE constraint failed: dashboards.owner, dashboards.name_key".
    const message = (error as { message?: unknown } | null)?.message;
    const conflict =
      typeof message === 'string' && message.includes('UNIQUE constraint failed')
        ? COLUMNS.find(([column]) => message.includes(column))?.[1]
        : undefined;
    if (conflict) {
      return conflict;
    }
    throw error;
  }
}

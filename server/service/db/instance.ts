import type { Database } from './tables';

/** The name of this service among others that may work in the same cluster: random, and kept as long as the database. */
export async function instanceOf(db: Database): Promise<string> {
  return (await db.selectFrom('instance').select('id').executeTakeFirstOrThrow()).id;
}

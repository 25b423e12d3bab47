import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * What is known of files that are on volumes, and whose volumes are cloned: where the author's server had them, and what a
 * version is served from. The service itself gets a name, by which what it makes in a cluster is told from that of others.
 */
export const volumes: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of [
      `alter table versions add column origin text`,
      `alter table versions add column volume text`,
      `alter table builds add column prepared integer not null default 1`,
      `alter table runners add column mounted text not null default '[]'`,
      `create table instance (id text primary key)`,
      `insert into instance (id) values (lower(hex(randomblob(8))))`
    ]) {
      await sql.raw(statement).execute(db);
    }
  }
};

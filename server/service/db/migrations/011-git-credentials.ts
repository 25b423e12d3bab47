import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const STATEMENTS = [
  `create table git_credentials (
    id text primary key,
    owner text not null,
    owner_hub_id integer,
    kind text not null,
    host text not null,
    username text,
    public_key text,
    sealed text not null,
    created_at text not null
  )`,
  `create index git_credentials_by_owner on git_credentials (owner)`
];

/** What private repositories are read with. */
export const gitCredentials: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) {
      await sql.raw(statement).execute(db);
    }
  }
};

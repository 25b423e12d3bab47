import { Kysely, sql } from 'kysely';

import { openSqlite } from './sqlite';

describe('a statement that is run again', () => {
  let db: Kysely<{ notes: { id: number; text: string } }>;

  beforeEach(async () => {
    db = new Kysely({ dialect: openSqlite(':memory:') });
    await sql`create table notes (id integer primary key, text text not null)`.execute(db);
  });
  afterEach(() => db.destroy());

  const add = (id: number, text: string) => db.insertInto('notes').values({ id, text }).execute();
  const all = () => db.selectFrom('notes').selectAll().orderBy('id').execute();

  it('works on what is there then', async () => {
    expect(await all()).toEqual([]);
    await add(1, 'one');
    expect(await all()).toEqual([{ id: 1, text: 'one' }]);
    await add(2, 'two');
    expect(await all()).toHaveLength(2);
  });

  it('works also where it has failed before', async () => {
    await add(1, 'one');
    await expect(add(1, 'again')).rejects.toThrow(/UNIQUE/);
    await add(2, 'two');
    expect(await all()).toHaveLength(2);
  });

  it('knows columns that were added since', async () => {
    await add(1, 'one');
    await all();
    await sql`alter table notes add column mark text not null default 'new'`.execute(db);
    expect(await all()).toEqual([{ id: 1, text: 'one', mark: 'new' }]);
  });

  it('can be begun again before all of its rows are read', async () => {
    await Promise.all([1, 2, 3].map(id => add(id, 'x')));
    const ids: number[] = [];
    for await (const { id } of db.selectFrom('notes').selectAll().orderBy('id').stream()) {
      ids.push(id);
    }
    expect(ids).toEqual([1, 2, 3]);
    expect(await all()).toHaveLength(3);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';

import type { LogStore, NewLine, RunnerPart } from '../logs/store';
import { createLogStore } from './log-store';
import { migrations } from './migrations';
import { openDatabase } from './open';
import { openSqlite } from './sqlite';
import type { Database, Tables } from './tables';

const LIMITS = { lines: 100, characters: 10_000 };
const AT = '2026-11-21T12:00:00.000Z';

let folder: string;
let db: Database;
let store: LogStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dashboards-logs-'));
  db = await openDatabase(join(folder, 'a.sqlite'));
  store = createLogStore(db, LIMITS);
  await addDashboard('d1');
});
afterEach(async () => {
  await db.destroy();
  rmSync(folder, { recursive: true });
});

async function addDashboard(id: string): Promise<void> {
  await sql`insert into dashboards (id, slug, name_key, server_name, name, description, owner, audience, desired, created_at, updated_at)
    values (${id}, ${id}, ${id}, ${id}, ${id}, '', 'alice', '{}', 'on', ${AT}, ${AT})`.execute(db);
  for (const [n, state] of [
    [1, 'ready'],
    [2, 'building'],
    [3, 'failed'],
    [4, 'removed']
  ] as const) {
    await sql`insert into versions (dashboard_id, n, created_at, author, message, source, state)
      values (${id}, ${n}, ${AT}, 'alice', '', '{}', ${state})`.execute(db);
  }
}

const lines = (count: number, text: (i: number) => string, version = 1): NewLine[] =>
  Array.from({ length: count }, (_, i) => ({ at: AT, version, origin: 'app', text: text(i) }));
let batches = 0;
const fromRunner = (): RunnerPart => ({ sender: 'p1', batch: ++batches });
const all = async (version: number | null = 1) =>
  (await store.after({ dashboardId: 'd1', version, limit: 1_000 }, 0)).map(({ text }) => text);

describe('a log that grows too long', () => {
  it('loses its oldest lines, and says in their place how many', async () => {
    for (let batch = 0; batch < 7; batch++) {
      await store.append(
        'd1',
        lines(50, i => `line ${batch * 50 + i}`),
        fromRunner()
      );
    }
    const kept = await all();
    expect(kept.length).toBeLessThanOrEqual(LIMITS.lines);
    expect(kept[0]).toBe(
      `[${350 - (kept.length - 1)} older lines were removed here: the log of a version keeps its newest 100 lines, 0.01 MB at most]`
    );
    expect(kept.slice(1)).toEqual(Array.from({ length: kept.length - 1 }, (_, i) => `line ${351 - kept.length + i}`));
  });

  it('is cut by its size as well, and keeps at least its newest line', async () => {
    await store.append(
      'd1',
      lines(30, i => `${i} ${'x'.repeat(996)}`),
      fromRunner()
    );
    expect((await all()).map(text => text.split(' ')[0])).toEqual([
      '[21',
      '21',
      '22',
      '23',
      '24',
      '25',
      '26',
      '27',
      '28',
      '29'
    ]);
    await store.append(
      'd1',
      lines(1, () => 'y'.repeat(20_000)),
      fromRunner()
    );
    expect((await all()).map(text => text.slice(0, 3))).toEqual(['[30', 'yyy']);
  });

  it('takes nothing from other versions', async () => {
    await store.append('d1', [...lines(90, i => `old ${i}`, 1), ...lines(90, i => `new ${i}`, 2)], fromRunner());
    await store.append(
      'd1',
      lines(90, i => `newer ${i}`, 2),
      fromRunner()
    );
    expect(await all(1)).toHaveLength(90);
    expect((await all(2))[0]).toContain('removed here');
  });
});

it('lines of versions that are removed, or that there never were, are not kept', async () => {
  const some = [3, 4, 5].flatMap(version => lines(1, () => `of ${version}`, version));
  expect(await store.append('d1', some, fromRunner())).toBe(true);
  expect(await all(null)).toEqual(['of 3']);
  expect(await store.append('d1', some.slice(1), fromRunner())).toBe(false);
});

it('a log of a dashboard that has just been removed is not kept', async () => {
  expect(
    await store.append(
      'd2',
      lines(1, () => 'late'),
      fromRunner()
    )
  ).toBe(false);
});

it('keeps each line of a build once, however its runner has to repeat them', async () => {
  await sql`insert into builds (id, dashboard_id, kind, version, state, created_at) values ('b', 'd1', 'publish', 1, 'copy', ${AT})`.execute(
    db
  );
  const said = ['zero', 'one', 'two', 'three', 'four'];
  const bring = (sender: string, from: number, to: number) =>
    store.append(
      'd1',
      lines(to - from, i => `${sender} ${said[from + i]}`),
      { buildId: 'b', sender, from }
    );
  expect(await bring('p1', 0, 2)).toBe(true);
  expect(await bring('p1', 0, 2)).toBe(false);
  expect(await bring('p1', 1, 4)).toBe(true);
  // A process that takes the build up anew begins anew.
  expect(await bring('p2', 0, 1)).toBe(true);
  expect(await bring('p2', 2, 3)).toBe(true);
  expect(await all()).toEqual(['p1 zero', 'p1 one', 'p1 two', 'p1 three', 'p2 zero', 'p2 two']);
});

it('a database from before keeps the lines of its builds', async () => {
  await db.destroy();
  db = new Kysely<Tables>({ dialect: openSqlite(join(folder, 'b.sqlite')) });
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  await migrator.migrateTo('002-lists');
  await addDashboard('d1');
  await sql`insert into builds (id, dashboard_id, kind, version, state, created_at) values ('b', 'd1', 'publish', 3, 'copy', ${AT})`.execute(
    db
  );
  await sql`insert into build_events values ('b', 1, ${AT}, '{"kind":"state","build":{}}'), ('b', 2, ${AT}, '{"kind":"log","lines":["one","two"]}')`.execute(
    db
  );
  await migrator.migrateToLatest();
  store = createLogStore(db, LIMITS);
  expect(await all(3)).toEqual(['one', 'two']);
  expect(
    await store.append(
      'd1',
      lines(1, () => 'three', 3),
      { buildId: 'b', sender: 'p1', from: null }
    )
  ).toBe(true);
  const { rows } = await sql<object>`select seq, null as build_event from build_events
    union select build_event, build_event from log_lines`.execute(db);
  expect(rows).toEqual([
    { seq: 1, build_event: null },
    { seq: 2, build_event: 2 },
    { seq: 3, build_event: 3 }
  ]);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { sql } from 'kysely';

import type { Audience, ListFilter } from '../../contract';
import { mayView, type Viewer } from '../access/audience';
import { isoTime } from '../clock';
import { createDashboardStore } from '../db/dashboard-store';
import { newestOf } from '../db/listings';
import { openDatabase } from '../db/open';
import type { Database } from '../db/tables';
import { dashboardRecordOf } from '../testing/records';
import { listDashboards } from './list';
import type { DashboardStore } from './store';

let folder: string;
let db: Database;
let store: DashboardStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dashboards-list-'));
  db = await openDatabase(join(folder, 'a.sqlite'));
  store = createDashboardStore(db);
});
afterEach(async () => {
  await db.destroy();
  rmSync(folder, { recursive: true });
});

type Given = NonNullable<Parameters<typeof dashboardRecordOf>[1]>;

const add = async (id: string, given: Given = {}) => {
  const { dashboard, nameKey, version, build } = dashboardRecordOf(id, given);
  expect(await store.create(dashboard, nameKey, version, build)).toBeNull();
};

async function pages(viewer: Viewer, query: { filter?: ListFilter; search?: string }, limit: number) {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const { aggregates, next } = await listDashboards(store, viewer, { ...query, limit: String(limit), cursor });
    expect(aggregates.length).toBeLessThanOrEqual(limit);
    ids.push(...aggregates.map(({ dashboard }) => dashboard.id));
    cursor = next ?? undefined;
  } while (cursor);
  return ids;
}

const PEOPLE = ['alice', 'bob', 'carol'];
const GROUPS = ['red', 'green', 'blue'];
const audience: fc.Arbitrary<Audience> = fc.oneof(
  fc.constant<Audience>({ kind: 'owner' }),
  fc.constant<Audience>({ kind: 'everyone' }),
  fc.record({ kind: fc.constant('people' as const), users: fc.subarray(PEOPLE), groups: fc.subarray(GROUPS) })
);
const given = fc.record({
  owner: fc.constantFrom(...PEOPLE),
  // Few moments, so that many are of the same.
  at: fc.integer({ min: 0, max: 3 }),
  audience,
  name: fc.constantFrom('Umsätze', 'UMSÄTZE 2026', 'Ventes', 'sales 100%_')
});
const step = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), given }),
  fc.record({ kind: fc.constant('share' as const), which: fc.nat(), audience }),
  fc.record({ kind: fc.constant('rename' as const), which: fc.nat(), name: fc.constantFrom('Neu', 'Umsätze') }),
  fc.record({ kind: fc.constant('delete' as const), which: fc.nat() })
);

describe('a list', () => {
  it('holds what the rule of audiences lets its reader see, once each, newest first, however it is paged', async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 30 }),
        fc.record({ name: fc.constantFrom(...PEOPLE), groups: fc.subarray(GROUPS) }),
        fc.constantFrom<ListFilter | undefined>(undefined, 'mine', 'shared', 'all'),
        fc.constantFrom(undefined, 'umsätze', 'ALICE', '%', 'none of them'),
        fc.integer({ min: 1, max: 7 }),
        async (steps, viewer, filter, search, limit) => {
          const model = new Map<string, Required<Pick<Given, 'owner' | 'at' | 'audience' | 'name'>>>();
          for (const one of steps) {
            const [id, known] = one.kind === 'add' ? [] : ([...model][one.which % Math.max(model.size, 1)] ?? []);
            if (one.kind === 'add') {
              const added = `d${count++}`;
              await add(added, one.given);
              model.set(added, one.given);
            } else if (id && known && one.kind === 'share') {
              await store.patch(id, { audience: one.audience, updatedAt: isoTime(9), actor: 'alice' });
              model.set(id, { ...known, audience: one.audience });
            } else if (id && known && one.kind === 'rename') {
              await store.patch(id, { name: one.name, nameKey: id, updatedAt: isoTime(9), actor: 'alice' });
              model.set(id, { ...known, name: one.name });
            } else if (id) {
              await store.markDeleting(id, 9, 'alice');
              model.delete(id);
            }
          }
          const shown = (record: { owner: string; audience: Audience }) =>
            filter === 'all' ||
            (mayView(record, viewer) &&
              (filter === undefined || (record.owner === viewer.name) === (filter === 'mine')));
          const found = ({ name, owner }: { name: string; owner: string }, id: string) =>
            `${name} ${owner} ${id}`.toLowerCase().includes((search ?? '').toLowerCase());
          const expected = [...model]
            .filter(([id, record]) => shown(record) && found(record, id))
            .sort(([a, x], [b, y]) => y.at - x.at || (b < a ? -1 : 1))
            .map(([id]) => id);
          expect(await pages(viewer, { filter, search }, limit)).toEqual(expected);
          for (const id of model.keys()) {
            await store.markDeleting(id, 9, 'alice');
          }
        }
      ),
      { numRuns: 60, seed: 4 }
    );
  });

  it('neither repeats nor misses any while others come and go between two pages', async () => {
    for (let n = 0; n < 9; n++) {
      await add(`d${n}`, { at: n });
    }
    const viewer = { name: 'alice', groups: [] };
    const first = await listDashboards(store, viewer, { limit: '4' });
    await add('newer', { at: 100 });
    await store.markDeleting('d8', 100, 'alice');
    // Also where the dashboard that the cursor names is gone.
    await store.markDeleting('d5', 100, 'alice');
    const second = await listDashboards(store, viewer, { limit: '4', cursor: first.next ?? '' });
    const ids = [...first.aggregates, ...second.aggregates].map(({ dashboard }) => dashboard.id);
    expect(ids).toEqual(['d8', 'd7', 'd6', 'd5', 'd4', 'd3', 'd2', 'd1']);
  });

  it('is read with six queries at most, however many dashboards are on the page', async () => {
    for (let n = 0; n < 200; n++) {
      await add(`d${n}`, { at: n });
    }
    const viewer = { name: 'alice', groups: GROUPS };
    const counted = async (limit: string) => {
      const before = queries;
      await listDashboards(counting, viewer, { limit });
      return queries - before;
    };
    let queries = 0;
    const counting = createDashboardStore(
      db.withPlugin({ transformQuery: ({ node }) => node, transformResult: async ({ result }) => (queries++, result) })
    );
    expect([await counted('1'), await counted('200')]).toEqual([5, 6]);
  });

  it('is walked from its beginning through an index, whatever is asked', async () => {
    const query = { subjects: [], notOwner: 'bob', search: '', after: { createdAt: '2026', id: 'x' }, limit: 51 };
    const statement = newestOf(['everyone', 'user:bob'], 51, query);
    const { rows } = await sql<{ detail: string }>`explain query plan ${statement}`.execute(db);
    const plan = rows.map(({ detail }) => detail);
    expect(plan.filter(step => /^SEARCH (entry|last) USING PRIMARY KEY \(subject=\? AND/.test(step))).toHaveLength(2);
    expect(plan.filter(step => /^SCAN (entry|last)/.test(step))).toEqual([]);
  });

  it('holds a whole page of one subject beside many that have little', async () => {
    for (let n = 0; n < 120; n++) {
      const audience: Audience =
        n % 4 ? { kind: 'everyone' } : { kind: 'people', users: [], groups: [GROUPS[n % 3] ?? ''] };
      await add(`d${n}`, { at: n, audience });
    }
    const ids = Array.from({ length: 120 }, (_, n) => `d${119 - n}`);
    expect(await pages({ name: 'bob', groups: GROUPS }, {}, 50)).toEqual(ids);
    expect(await pages({ name: 'bob', groups: GROUPS }, {}, 9)).toEqual(ids);
  });

  it('reads groups beyond what one statement takes', async () => {
    const groups = Array.from({ length: 350 }, (_, n) => `g${n}`);
    await add('first', { audience: { kind: 'people', users: [], groups: ['g0', 'g349'] } });
    await add('last', { at: 1, audience: { kind: 'people', users: [], groups: ['g349'] } });
    const { aggregates } = await listDashboards(store, { name: 'bob', groups }, {});
    expect(aggregates.map(({ dashboard }) => dashboard.id)).toEqual(['last', 'first']);
  });

  it.each(['', 'x', 'bm90aGluZw', `${Buffer.from('2026-01-01T00:00:00.000Z a').toString('base64url')}=`, '"; drop'])(
    'has no page after the cursor %j, and says where to get one',
    async cursor => {
      await expect(listDashboards(store, { name: 'alice', groups: [] }, { cursor })).rejects.toMatchObject({
        code: 'invalid_request',
        status: 400,
        fix: expect.stringContaining('without a cursor') as string
      });
    }
  );
});

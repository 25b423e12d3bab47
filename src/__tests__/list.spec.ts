import type { ListFilter } from '../../server/contract';
import { PAGE_SIZE, type DashboardList } from '../dashboards/list';
import type { DashboardManager } from '../dashboards/manager';
import { createManager } from './fake-manager';
import { EventSourceReply, FakeService, html, json } from './fake-service';
import { dashboard } from './samples';
import { until } from './until';

let service: FakeService;
let manager: DashboardManager;
let events: EventSourceReply;

const day = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 86_400_000).toISOString();
const many = (count: number) =>
  Array.from({ length: count }, (_, n) => dashboard({ id: `d${n}`, name: `Sales ${n}`, createdAt: day(n) }));

beforeEach(() => {
  service = new FakeService();
  events = new EventSourceReply();
  events.send({ kind: 'ready' });
  service.answer('GET api/v1/events', events);
  manager = createManager(service);
});

afterEach(() => manager.dispose());

async function shown(filter: ListFilter = 'mine'): Promise<DashboardList> {
  const list = manager.createList(filter);
  manager.watch();
  await until(list.changed, () => list.isRead && !list.isReading);
  return list;
}

const tell = (change: Parameters<typeof dashboard>[0]) =>
  events.send({ kind: 'dashboard', dashboard: dashboard(change) });

describe('pages', () => {
  it('are read one by one, newest first', async () => {
    service.dashboards = many(PAGE_SIZE + 5);
    const list = await shown();
    expect([list.items.length, list.items[0]?.name, list.hasMore]).toEqual([PAGE_SIZE, 'Sales 54', true]);
    await list.showMore();
    expect([list.items.length, list.items.at(-1)?.name, list.hasMore]).toEqual([PAGE_SIZE + 5, 'Sales 0', false]);
  });

  it('stay read when the list is read again', async () => {
    service.dashboards = many(PAGE_SIZE * 5);
    const list = await shown();
    for (let page = 0; page < 4; page += 1) {
      await list.showMore();
    }
    await list.refresh();
    expect(list.items).toHaveLength(PAGE_SIZE * 5);
  });

  it('leave what is older than all that is shown to a later page', async () => {
    service.dashboards = many(PAGE_SIZE + 5);
    const list = await shown();
    tell({ id: 'd1', name: 'Changed', createdAt: day(1) });
    tell({ id: 'new', createdAt: day(900) });
    await until(list.changed, () => list.items[0]?.id === 'new');
    expect(list.items.some(({ id }) => id === 'd1')).toBe(false);
  });
});

describe('a change', () => {
  it('puts a dashboard where it belongs now', async () => {
    const mine = await shown('mine');
    const shared = manager.createList('shared');
    await shared.refresh();
    tell({ id: 'd1' });
    tell({ id: 'd2', mine: false, owner: 'carol' });
    // An administrator is told of what they may not open.
    tell({ id: 'd3', mine: false, owner: 'dave', mayOpen: false });
    await until(shared.changed, () => shared.items.length > 0);
    tell({ id: 'd2', mine: false, owner: 'carol', mayOpen: false });
    await until(shared.changed, () => shared.items.length === 0);
    expect(mine.items.map(({ id }) => id)).toEqual(['d1']);
  });

  it('is not lost while a page is being read', async () => {
    const list = await shown();
    let answer = (): void => undefined;
    const read = new Promise<void>(resolve => (answer = resolve));
    const late = { ...json({ dashboards: [dashboard({ state: 'starting' })], next: null }) };
    service.answer('GET api/v1/dashboards', {
      ...late,
      json: async () => {
        await read;
        return late.json();
      }
    });
    const done = list.refresh();
    tell({ state: 'running' });
    await until(list.changed, () => list.items[0]?.state === 'running');
    answer();
    await done;
    expect(list.items.map(({ state }) => state)).toEqual(['running']);
  });
});

describe('a search', () => {
  it('asks the service, and holds for changes too', async () => {
    service.dashboards = [dashboard({ id: 'd1', name: 'Sales' }), dashboard({ id: 'd2', name: 'Churn' })];
    const list = await shown();
    await list.setSearch('CHU');
    expect(list.items.map(({ id }) => id)).toEqual(['d2']);
    tell({ id: 'd3', name: 'Stock' });
    tell({ id: 'd4', name: 'Something', description: 'About churn' });
    await until(list.changed, () => list.items.length === 2);
    expect(list.items.map(({ id }) => id)).toEqual(['d4', 'd2']);
  });

  it.each([
    ['with the sign and its dots apart, as macOS writes them', 'Zu\u0308rich', 'Z\u00fcrich'],
    ['in full-width letters', '\uff33\uff21\uff2c\uff25\uff33', 'Sales'],
    ['plainly what is named in full-width letters', 'sales', '\uff33\uff21\uff2c\uff25\uff33']
  ])('that is written %s goes on finding it when it changes', async (_how, typed, name) => {
    const others = { id: 'd2', slug: 'd2', name: 'Churn' };
    service.dashboards = [dashboard({ id: 'd1', slug: 'd1', name }), dashboard(others)];
    const list = await shown();
    await list.setSearch(typed);
    expect(list.items.map(({ id }) => id)).toEqual(['d1']);
    tell({ id: 'd1', slug: 'd1', name, viewers: 3 });
    tell({ ...others, viewers: 1 });
    tell({ id: 'd3', slug: 'd3', name });
    await until(list.changed, () => list.items.length === 2);
    expect(list.items.map(({ id, viewers }) => [id, viewers])).toEqual([
      ['d3', 0],
      ['d1', 3]
    ]);
  });

  it('shows what was typed last, whichever answer comes last', async () => {
    service.dashboards = [dashboard({ id: 'd1', name: 'Sales' }), dashboard({ id: 'd2', name: 'Churn' })];
    const list = await shown();
    await Promise.all([list.setSearch('sal'), list.setSearch('chu')]);
    expect(list.items.map(({ id }) => id)).toEqual(['d2']);
  });

  it('that fails has no further page: the one before it is of what was searched for then', async () => {
    service.dashboards = many(PAGE_SIZE + 5);
    const list = await shown();
    service.answer('GET api/v1/dashboards', html(503));
    await list.setSearch('sales');
    expect([list.problem?.code, list.hasMore]).toEqual(['service_unavailable', false]);
  });
});

it('says why a page could not be read, and keeps what was read before', async () => {
  service.dashboards = [dashboard()];
  const list = await shown();
  service.answer('GET api/v1/dashboards', html(503));
  await list.refresh();
  expect([list.problem?.code, list.items.length]).toEqual(['service_unavailable', 1]);
});

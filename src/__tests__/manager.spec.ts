import type { Access } from '../dashboards/access';
import type { DashboardList } from '../dashboards/list';
import type { DashboardManager } from '../dashboards/manager';
import { createManager, emptyStorage } from './fake-manager';
import { EventSourceReply, FakeService, html, json } from './fake-service';
import { build, dashboard, folders, stateEvent, whoami } from './samples';
import { until } from './until';

let service: FakeService;
let manager: DashboardManager;

beforeEach(() => {
  service = new FakeService();
  manager = createManager(service);
});

afterEach(() => manager.dispose());

/** An event stream that begins as the contract says. */
function stream(): EventSourceReply {
  const reply = new EventSourceReply();
  reply.send({ kind: 'ready' });
  return reply;
}

const ids = (list: DashboardList) => list.items.map(({ id }) => id);
const read = (list: DashboardList) => until(list.changed, () => list.isRead && !list.isReading);
const live = () => until(manager.changed, () => manager.status === 'live');

describe('watch', () => {
  it('reads the lists once the stream has begun, and then takes up changes', async () => {
    const reply = stream();
    service.answer('GET api/v1/events', reply);
    service.dashboards = [dashboard({ id: 'd1' }), dashboard({ id: 'd2' })];
    const list = manager.createList('mine');
    manager.watch();
    await read(list);
    expect(ids(list)).toEqual(['d2', 'd1']);
    reply.send({ kind: 'deleted', id: 'd1' });
    reply.send({ kind: 'dashboard', dashboard: dashboard({ id: 'd2', state: 'asleep' }) });
    await until(manager.changed, () => manager.get('d2')?.state === 'asleep');
    expect(list.items.map(({ id, state }) => [id, state])).toEqual([['d2', 'asleep']]);
    expect(manager.me?.name).toBe('alice');
  });

  it('copes with a service that begins by sending everything', async () => {
    const reply = new EventSourceReply();
    service.answer('GET api/v1/events', reply);
    service.dashboards = [dashboard()];
    const list = manager.createList('mine');
    reply.send({ kind: 'dashboard', dashboard: dashboard() });
    reply.send({ kind: 'ready' });
    manager.watch();
    await live();
    await read(list);
    expect(ids(list)).toEqual(['d1']);
  });

  it('is not overtaken by answers that were on their way when it told of something newer', async () => {
    const reply = stream();
    service.answer('GET api/v1/events', reply);
    const begun = dashboard({ liveVersion: 2, build: build({ id: 'b3', kind: 'activate' }) });
    const ended = dashboard({ liveVersion: 1, build: build({ id: 'b3', kind: 'activate', state: 'live' }) });
    service.dashboards = [dashboard({ liveVersion: 2 })];
    const list = manager.createList('mine');
    manager.watch();
    await read(list);
    const late = (value: unknown) => ({
      ...json(value, 201),
      json: async () => {
        reply.send({ kind: 'dashboard', dashboard: ended });
        await until(manager.changed, () => manager.get('d1')?.liveVersion === 1);
        return value;
      }
    });
    service.answer('POST api/v1/dashboards/d1/live', late({ dashboard: begun, build: begun.build }));
    service.answer('GET api/v1/builds/b3/events', new EventSourceReply());
    await manager.activate('d1', 1);
    expect(manager.get('d1')).toEqual(ended);
    expect(list.items).toEqual([ended]);
    // Nothing newer was told since it was asked for.
    service.answer('POST api/v1/dashboards/d1/stop', json({ dashboard: dashboard({ state: 'off' }) }));
    await manager.stop('d1');
    expect(list.items.map(({ state }) => state)).toEqual(['off']);
  });

  it('reads the lists again when changes were missed', async () => {
    const reply = stream();
    service.answer('GET api/v1/events', reply);
    service.dashboards = [dashboard({ id: 'd1' }), dashboard({ id: 'd2' })];
    const list = manager.createList('mine');
    manager.watch();
    await read(list);
    service.dashboards = [dashboard({ id: 'd2' })];
    reply.send({ kind: 'reset' });
    await until(list.changed, () => ids(list).join() === 'd2');
    expect(ids(list)).toEqual(['d2']);
  });

  it('resumes a lost connection after the last event, and says nothing about a short interruption', async () => {
    const [first, second] = [stream(), stream()];
    // The notice would come with the pause of five seconds, which never ends here.
    service.connection.sleep = milliseconds =>
      milliseconds < 5_000 ? Promise.resolve() : new Promise(() => undefined);
    service.answer('GET api/v1/events', first, html(503), second);
    const seen: string[] = [];
    manager.changed.connect(() => seen.push(manager.status));
    manager.watch();
    await live();
    first.send({ kind: 'dashboard', dashboard: dashboard() }, 7);
    await until(manager.changed, () => manager.get('d1') !== undefined);
    first.breakOff();
    second.send({ kind: 'dashboard', dashboard: dashboard({ state: 'asleep' }) }, 8);
    await until(manager.changed, () => manager.get('d1')?.state === 'asleep');
    expect(service.askedFor('GET api/v1/events').map(({ headers }) => headers['Last-Event-ID'])).toEqual([
      undefined,
      '7',
      '7'
    ]);
    expect(seen).not.toContain('lost');
  });

  it('says that the connection is lost after some seconds, and no longer when it is back', async () => {
    const [first, second] = [stream(), stream()];
    let back = (): void => undefined;
    service.connection.sleep = milliseconds =>
      milliseconds === 5_000 ? Promise.resolve() : new Promise(resolve => (back = resolve));
    service.answer('GET api/v1/events', first, second);
    manager.watch();
    await live();
    first.breakOff();
    await until(manager.changed, () => manager.status === 'lost');
    back();
    await live();
    expect(service.askedFor('GET api/v1/events')).toHaveLength(2);
  });

  it('opens one connection for all watchers and closes it with the last one', async () => {
    const reply = stream();
    service.answer('GET api/v1/events', reply);
    const [first, second] = [manager.watch(), manager.watch()];
    await live();
    first.dispose();
    first.dispose();
    reply.send({ kind: 'dashboard', dashboard: dashboard({ id: 'd3' }) });
    await until(manager.changed, () => manager.get('d3') !== undefined);
    second.dispose();
    expect(service.askedFor('GET api/v1/events')).toHaveLength(1);
    expect(() => reply.send({ kind: 'ready' })).toThrow();
  });

  it('says why it gave up, and tries again when told', async () => {
    service.answer(
      'GET api/v1/events',
      json({ error: { code: 'scope_missing', message: 'This token may not do that.' } }, 403),
      stream()
    );
    manager.watch();
    await until(manager.changed, () => manager.status === 'failed');
    expect(manager.problem?.code).toBe('scope_missing');
    manager.retry();
    await live();
    expect(manager.problem).toBeNull();
  });

  it('asks for nothing where there is no hub', async () => {
    manager.dispose();
    manager = createManager(service, async () => ({ kind: 'off', obstacle: 'no-hub', owner: '' }));
    manager.watch();
    await manager.access();
    expect(service.asked).toEqual([]);
  });
});

describe('access', () => {
  it('is found once, and looked for again after an error', async () => {
    let asks = 0;
    manager.dispose();
    manager = createManager(service, (): Promise<Access> => {
      asks += 1;
      return asks === 1
        ? Promise.reject(new Error('away'))
        : Promise.resolve({ kind: 'ready', connection: service.connection, folders });
    });
    await expect(manager.access()).rejects.toThrow('away');
    await manager.access();
    await manager.access();
    expect(asks).toBe(2);
  });
});

describe('publish', () => {
  const source = { kind: 'files', root: '/home/alice', entry: 'app.py', scope: 'file' } as const;

  it('has the link at once and tells when the build has ended', async () => {
    const events = new EventSourceReply();
    service.answer(
      'POST api/v1/dashboards',
      json({ dashboard: dashboard({ state: 'building' }), build: build() }, 201)
    );
    service.answer('GET api/v1/builds/b1/events', events);
    const ended: string[] = [];
    manager.buildEnded.connect((_sender, { state }) => ended.push(state));
    const follower = await manager.publish({ name: 'Sales', source }, 'k1');
    expect(manager.get('d1')?.link).toMatch('/d/sales');
    expect(await manager.follow(build())).toBe(follower);
    events.send(stateEvent(1, { state: 'check' }), 1);
    events.send(stateEvent(2, { state: 'failed' }), 2);
    await until(follower.changed, () => follower.ended);
    expect(ended).toEqual(['failed']);
    expect(follower.reached).toBe('check');
  });

  it('follows its build anew when asked again after an error that ended the following, and tells its end', async () => {
    const refusal = json({ error: { code: 'internal', message: 'Something went wrong.' } }, 500);
    const events = new EventSourceReply();
    service.answer(
      'POST api/v1/dashboards',
      json({ dashboard: dashboard({ state: 'building' }), build: build() }, 201)
    );
    service.answer('GET api/v1/builds/b1/events', refusal, events);
    const ended: string[] = [];
    manager.buildEnded.connect((_sender, { state }) => ended.push(state));
    const lost = await manager.publish({ name: 'Sales', source }, 'k1');
    await until(lost.changed, () => lost.lost !== null);
    const follower = await manager.follow(build());
    expect([follower.lost, lost.isDisposed]).toEqual([null, true]);
    events.send(stateEvent(1, { state: 'live' }), 1);
    await until(follower.changed, () => follower.ended);
    expect(ended).toEqual(['live']);
  });
});

describe('a build under way while the page is loaded anew', () => {
  async function reloadWhileBuilding(then: Parameters<typeof build>[0]): Promise<string[]> {
    const storage = emptyStorage();
    const ended: string[] = [];
    const before = createManager(service, undefined, storage);
    service.answer('POST api/v1/dashboards/d1/versions', json({ dashboard: dashboard(), build: build() }, 201));
    service.answer('GET api/v1/builds/b1/events', new EventSourceReply());
    service.answer('GET api/v1/builds/b1', json(build(then)));
    service.answer('GET api/v1/dashboards/d1', json({ dashboard: dashboard() }));
    await before.update('d1', {});
    before.dispose();
    manager.dispose();
    manager = createManager(service, undefined, storage);
    manager.buildEnded.connect((_sender, { state }) => ended.push(`${state} ${manager.get('d1')?.name}`));
    await manager.takeUpBuilds();
    return ended;
  }

  it('is told if it has ended meanwhile, and told once', async () => {
    const ended = await reloadWhileBuilding({ state: 'live', endedAt: '2026-01-01T00:01:00Z' });
    await manager.takeUpBuilds();
    expect(ended).toEqual(['live Sales']);
  });

  it('is followed if it has not', async () => {
    const ended = await reloadWhileBuilding({ state: 'start' });
    expect(ended).toEqual([]);
    expect(service.askedFor('GET api/v1/builds/b1/events')).toHaveLength(2);
  });

  it('is forgotten when its dashboard is gone', async () => {
    const storage = emptyStorage();
    storage.setItem('builds', JSON.stringify(['b9']));
    manager.dispose();
    manager = createManager(service, undefined, storage);
    service.answer('GET api/v1/builds/b9', json({ error: { code: 'not_found', message: 'Gone.' } }, 404));
    await manager.takeUpBuilds();
    expect(storage.getItem('builds')).toBe('[]');
  });
});

describe('whoami', () => {
  it('is kept for those who cannot wait', async () => {
    service.answer('GET api/v1/whoami', json(whoami({ mayPublish: false })));
    expect(manager.me).toBeNull();
    await manager.whoami();
    expect(manager.me).toMatchObject({ mayPublish: false });
  });
});

describe('dispose', () => {
  it('may happen twice, stops everything and emits nothing any more', async () => {
    service.answer('GET api/v1/events', stream());
    service.answer('POST api/v1/dashboards/d1/versions', json({ dashboard: dashboard(), build: build() }, 201));
    service.answer('GET api/v1/builds/b1/events', new EventSourceReply());
    const list = manager.createList('mine');
    const watching = manager.watch();
    await live();
    const follower = await manager.update('d1', {});
    manager.dispose();
    manager.dispose();
    watching.dispose();
    expect([manager.isDisposed, follower.isDisposed, list.isDisposed]).toEqual([true, true, true]);
    expect(() => manager.watch().dispose()).not.toThrow();
    expect(service.askedFor('GET api/v1/events')).toHaveLength(1);
  });
});

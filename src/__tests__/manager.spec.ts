import type { Access } from '../dashboards/access';
import { DashboardManager } from '../dashboards/manager';
import { EventSourceReply, FakeService, html, json } from './fake-service';
import { build, dashboard, stateEvent } from './samples';
import { folders } from './samples';
import { until } from './until';

let service: FakeService;
let manager: DashboardManager;
let asks: number;

function createManager(access: () => Promise<Access>): DashboardManager {
  const { trans } = service.connection;
  return new DashboardManager({
    trans,
    findAccess: () => {
      asks += 1;
      return access();
    }
  });
}

beforeEach(() => {
  service = new FakeService();
  asks = 0;
  manager = createManager(async () => ({ kind: 'ready', connection: service.connection, folders }));
});

afterEach(() => manager.dispose());

/** An event stream that begins with these dashboards. */
function stream(...ids: string[]): EventSourceReply {
  const reply = new EventSourceReply();
  ids.forEach(id => reply.send({ kind: 'dashboard', dashboard: dashboard({ id }) }));
  reply.send({ kind: 'ready' });
  return reply;
}

const ids = () => manager.all.map(({ id }) => id).sort();

describe('watch', () => {
  it('keeps the collection current', async () => {
    const reply = stream('d1', 'd2');
    service.answer('GET api/v1/events', reply);
    manager.watch();
    await until(manager.changed, () => manager.status === 'live');
    expect(ids()).toEqual(['d1', 'd2']);
    reply.send({ kind: 'deleted', id: 'd1' });
    reply.send({ kind: 'dashboard', dashboard: dashboard({ id: 'd2', state: 'asleep' }) });
    await until(manager.changed, () => manager.get('d2')?.state === 'asleep');
    expect(ids()).toEqual(['d2']);
  });

  it('forgets what was deleted while the connection was lost', async () => {
    const [first, second] = [stream('d1', 'd2'), stream('d2')];
    service.answer('GET api/v1/events', first, html(503), second);
    manager.watch();
    await until(manager.changed, () => manager.status === 'live');
    first.breakOff();
    await until(manager.changed, () => manager.status === 'lost');
    await until(manager.changed, () => manager.status === 'live');
    expect(ids()).toEqual(['d2']);
  });

  it('opens one connection for all watchers and closes it with the last one', async () => {
    const reply = stream('d1');
    service.answer('GET api/v1/events', reply);
    const [first, second] = [manager.watch(), manager.watch()];
    await until(manager.changed, () => manager.status === 'live');
    first.dispose();
    first.dispose();
    reply.send({ kind: 'dashboard', dashboard: dashboard({ id: 'd3' }) });
    await until(manager.changed, () => manager.get('d3') !== undefined);
    second.dispose();
    expect(service.asked).toHaveLength(1);
    expect(service.asked[0]).toBeDefined();
  });

  it('says why it gave up, and tries again when told', async () => {
    service.answer(
      'GET api/v1/events',
      json({ error: { code: 'scope_missing', message: 'This token may not do that.' } }, 403),
      stream('d1')
    );
    manager.watch();
    await until(manager.changed, () => manager.status === 'failed');
    expect(manager.problem?.code).toBe('scope_missing');
    await manager.retry();
    await until(manager.changed, () => manager.status === 'live');
    expect(manager.problem).toBeNull();
  });
});

describe('access', () => {
  it('is found once, and looked for again after an error', async () => {
    manager = createManager(() =>
      asks === 1
        ? Promise.reject(new Error('away'))
        : Promise.resolve({ kind: 'ready', connection: service.connection, folders })
    );
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
    const follower = await manager.publish({ name: 'Sales', source });
    expect(manager.get('d1')?.link).toMatch('/d/sales');
    expect(await manager.follow(build())).toBe(follower);
    events.send(stateEvent(1, { state: 'check' }), 1);
    events.send(stateEvent(2, { state: 'failed' }), 2);
    await until(follower.changed, () => follower.ended);
    expect(ended).toEqual(['failed']);
    expect(follower.reached).toBe('check');
  });
});

describe('dispose', () => {
  it('may happen twice, stops everything and emits nothing any more', async () => {
    const [events, builds] = [stream('d1'), new EventSourceReply()];
    service.answer('GET api/v1/events', events);
    service.answer('POST api/v1/dashboards/d1/versions', json({ dashboard: dashboard(), build: build() }, 201));
    service.answer('GET api/v1/builds/b1/events', builds);
    const watching = manager.watch();
    await until(manager.changed, () => manager.status === 'live');
    const follower = await manager.update('d1', {});
    manager.dispose();
    manager.dispose();
    watching.dispose();
    expect(manager.isDisposed).toBe(true);
    expect(follower.isDisposed).toBe(true);
    expect(() => manager.watch().dispose()).not.toThrow();
    expect(service.askedFor('GET api/v1/events')).toHaveLength(1);
  });
});

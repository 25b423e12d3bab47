import { XSRF, type AuditList, type AuditRecord, type BuildReply, type ErrorReply } from '../../contract';
import { Browser } from '../testing/browser';
import { addUser, type FakeHub } from '../testing/fake-hub';
import { startRunners, type FakeRunner } from '../testing/fake-runner';
import { dashboardRecordOf } from '../testing/records';
import { eventually, PUBLISH, startTestService, type Reply, type TestService } from '../testing/test-service';

let test: TestService;
let alice: string;
let bob: string;
let root: string;
let runners: FakeRunner[];

beforeEach(async () => {
  test = await startTestService({ publishers: ['analysts'], dashboardsOrigin: 'http://dash.example.org' });
  test.hub.groups.add('analysts');
  alice = addUser(test.hub, 'alice', { groups: ['analysts'] });
  bob = addUser(test.hub, 'bob');
  root = addUser(test.hub, 'root', { admin: true });
  runners = startRunners(test);
});
afterEach(() => test.stop());

const act = (token: string, method: string, path: string, body?: object, headers?: Record<string, string>) =>
  test.call<ErrorReply>(token, method, `api/v1/${path}`, body, headers);
const answer = ({ status, body }: Reply<ErrorReply>) => [status, body?.error];

async function publish(kind: string): Promise<string> {
  const body = { ...PUBLISH, audience: { kind } };
  return (await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', body)).body.dashboard.id;
}

/** What was refused, as soon as it is `count` records, without the others. */
function refusals(count: number): Promise<AuditRecord[]> {
  return eventually(async () => {
    const { records } = (await test.call<AuditList>(root, 'GET', 'api/v1/audit')).body;
    const refused = records.filter(({ action }) => action.endsWith('_refused')).reverse();
    return refused.length >= count && refused;
  });
}
const told = ({ actor, action, slug, detail }: AuditRecord) => [actor, action, slug, detail];

function foreignServer(hub: FakeHub): string {
  const scopes = ['access:services!service=dashboards', 'access:servers!server=alice/'];
  hub.tokens.set('foreign', { name: 'bob', scopes });
  return 'foreign';
}

describe('a refusal', () => {
  it('is the same for what is private and for what is not there, and recorded when the answer is out', async () => {
    const id = await publish('owner');
    const order: string[] = [];
    test.service.app.server.on('request', (_request, response) => response.on('close', () => order.push('answered')));
    const { audit } = test.service.context;
    const { recordRefusals } = audit;
    audit.recordRefusals = async refusals => {
      order.push('recorded');
      await recordRefusals(refusals);
    };
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/logs'],
      ['POST', '/stop']
    ] as const) {
      const [hidden, missing] = [
        await act(bob, method, `dashboards/${id}${path}`),
        await act(bob, method, `dashboards/${'0'.repeat(id.length)}${path}`)
      ];
      expect(answer(hidden)).toEqual(answer(missing));
      expect(hidden.status).toBe(404);
      expect([...hidden.headers.keys()]).toEqual([...missing.headers.keys()]);
    }
    await eventually(() => order.includes('recorded'));
    // The first answer of eight comes before the first record, which waits a while longer.
    expect(order[0]).toBe('answered');
    expect((await refusals(1)).map(told)).toEqual([['bob', 'view_refused', 'sales', '']]);
  });

  it('takes the same look for what is private and for what is not there', async () => {
    const { dashboards } = test.service.context;
    const id = 'sales';
    const { dashboard, nameKey, version, build } = dashboardRecordOf(id);
    await dashboards.create(dashboard, nameKey, version, build);
    // It looks at dashboards by itself.
    await test.service.reconciler.stop();
    const looks: string[] = [];
    for (const [name, look] of Object.entries(dashboards) as [keyof typeof dashboards, () => unknown][]) {
      Object.assign(dashboards, { [name]: (...args: []) => (looks.push(name), look(...args)) });
    }
    const browser = new Browser(test);
    await browser.signIn('bob');
    const during = async (ask: () => Promise<{ status: number }>) => {
      looks.length = 0;
      return [(await ask()).status, ...looks];
    };
    const refused = [404, 'listed', 'named'];
    for (const one of [id, '0'.repeat(id.length)]) {
      expect(await during(() => act(bob, 'GET', `dashboards/${one}`))).toEqual(refused);
    }
    for (const page of [
      'd/sales',
      'd/nothing',
      'd/sales/state',
      'd/nothing/state',
      'at/alice/dash-sales',
      'at/no/dash-nothing'
    ]) {
      expect([page, await during(() => browser.open(page))]).toEqual([page, refused]);
    }
  });

  it('is recorded also when the service stops right after it, and when its dashboard is deleted', async () => {
    const id = await publish('owner');
    await act(bob, 'GET', `dashboards/${id}`);
    await act(bob, 'GET', 'audit');
    await act(alice, 'DELETE', `dashboards/${id}`);
    await test.restart();
    expect((await refusals(2)).map(told)).toEqual([
      ['bob', 'view_refused', 'sales', ''],
      ['bob', 'call_refused', null, 'GET /api/v1/audit: not_allowed']
    ]);
  });

  it('of those who may look and not change names what they tried, once a minute each', async () => {
    const id = await publish('everyone');
    const tries = [
      ['PATCH', `dashboards/${id}`, { name: 'Mine' }],
      ['DELETE', `dashboards/${id}`],
      ['POST', `dashboards/${id}/start`],
      ['POST', `dashboards/${id}/stop`],
      ['POST', `dashboards/${id}/versions`, {}],
      ['POST', `dashboards/${id}/live`, { version: 1 }],
      ['GET', `dashboards/${id}/logs`],
      ['GET', `dashboards/${id}/versions`]
    ] as const;
    for (const again of [false, true]) {
      for (const [method, path, body] of tries) {
        expect([again, (await act(bob, method, path, body)).status]).toEqual([again, 403]);
      }
    }
    const found = await refusals(tries.length);
    expect(found.map(told)).toEqual([
      ['bob', 'change_refused', 'sales', 'PATCH /api/v1/dashboards/:id: not_allowed'],
      ['bob', 'change_refused', 'sales', 'DELETE /api/v1/dashboards/:id: not_allowed'],
      ['bob', 'change_refused', 'sales', 'POST /api/v1/dashboards/:id/start: not_allowed'],
      ['bob', 'change_refused', 'sales', 'POST /api/v1/dashboards/:id/stop: not_allowed'],
      ['bob', 'change_refused', 'sales', 'POST /api/v1/dashboards/:id/versions: not_allowed'],
      ['bob', 'change_refused', 'sales', 'POST /api/v1/dashboards/:id/live: not_allowed'],
      ['bob', 'call_refused', 'sales', 'GET /api/v1/dashboards/:id/logs: not_allowed'],
      ['bob', 'call_refused', 'sales', 'GET /api/v1/dashboards/:id/versions: not_allowed']
    ]);
    expect(found.every(({ owner, dashboardId }) => owner === 'alice' && dashboardId === id)).toBe(true);
    test.advance(60_000);
    await act(bob, 'DELETE', `dashboards/${id}`);
    expect(await refusals(tries.length + 1)).toHaveLength(tries.length + 1);
  });

  it('of an audience that this hub does not allow is one', async () => {
    await test.stop();
    test = await startTestService({ audiences: ['owner', 'people'], dashboardsOrigin: 'http://dash.example.org' });
    alice = addUser(test.hub, 'alice');
    root = addUser(test.hub, 'root', { admin: true });
    const id = await publish('owner');
    const audience = { kind: 'everyone' };
    for (const [method, path] of [
      ['PATCH', `dashboards/${id}`],
      ['POST', 'dashboards']
    ] as const) {
      const wish = method === 'POST' ? { ...PUBLISH, name: 'Other', audience } : { audience };
      expect(answer(await act(alice, method, path, wish))).toMatchObject([403, { code: 'audience_forbidden' }]);
    }
    expect((await refusals(2)).map(told)).toEqual([
      ['alice', 'change_refused', 'sales', 'PATCH /api/v1/dashboards/:id: audience_forbidden'],
      ['alice', 'call_refused', null, 'POST /api/v1/dashboards: audience_forbidden']
    ]);
  });

  it('of a build, or of a call in place of a runner, names the dashboard', async () => {
    const body = { ...PUBLISH, audience: { kind: 'everyone' } };
    const { build, dashboard } = (await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', body)).body;
    const runner = await eventually(() => runners[0]);
    const [hidden, missing] = [
      await act(bob, 'POST', `builds/${build.id}/cancel`),
      await act(bob, 'POST', `builds/${'0'.repeat(build.id.length)}/cancel`)
    ];
    expect(answer(hidden)).toEqual(answer(missing));
    expect(hidden.status).toBe(404);
    const { startId } = runner.specification;
    const logs = await test.call(bob, 'POST', 'runner/logs', { startId, batch: 1, lines: [] });
    expect(logs.status).toBe(403);
    const found = await refusals(2);
    expect(found.map(told)).toEqual([
      ['bob', 'view_refused', 'sales', ''],
      ['bob', 'change_refused', 'sales', 'POST /runner/logs: not_allowed']
    ]);
    expect(found.every(({ dashboardId }) => dashboardId === dashboard.id)).toBe(true);
  });

  it('of calls that are about no dashboard names the route and the reason', async () => {
    await act(bob, 'POST', 'dashboards', PUBLISH);
    await act(bob, 'GET', 'dashboards?filter=all&search=secret');
    await act(bob, 'GET', 'audit');
    await act(bob, 'GET', 'metrics');
    await act(bob, 'POST', 'checks');
    await act(foreignServer(test.hub), 'GET', 'whoami');
    await act(bob, 'POST', 'dashboards', PUBLISH, { 'sec-fetch-site': 'cross-site' });
    const found = await refusals(7);
    expect(found.map(told)).toEqual([
      ['bob', 'publish_refused', null, 'POST /api/v1/dashboards: publishing_forbidden'],
      ['bob', 'call_refused', null, 'GET /api/v1/dashboards: not_allowed'],
      ['bob', 'call_refused', null, 'GET /api/v1/audit: not_allowed'],
      ['bob', 'call_refused', null, 'GET /api/v1/metrics: not_allowed'],
      ['bob', 'call_refused', null, 'POST /api/v1/checks: not_allowed'],
      ['bob', 'call_refused', null, 'GET /api/v1/whoami: foreign_server'],
      ['', 'call_refused', null, 'POST /api/v1/dashboards: xsrf_failed']
    ]);
    expect(found.map(({ dashboardId, owner }) => [dashboardId, owner])).toEqual(found.map(() => [null, null]));
  });

  it('of a sign-in names who may not use dashboards', async () => {
    test.hub.tokens.set('bob-viewer-token', { name: 'bob', scopes: [] });
    expect((await new Browser(test).signIn('bob')).status).toBe(403);
    expect((await refusals(1)).map(told)).toEqual([
      ['bob', 'call_refused', null, 'GET /oauth_callback: scope_missing']
    ]);
  });

  it('of changes by cookie names whose sign-in it was, where that was looked up', async () => {
    const id = await publish('owner');
    const browser = new Browser(test);
    await browser.signIn('alice');
    const own = { 'sec-fetch-site': 'same-origin' };
    await browser.send('POST', `api/v1/dashboards/${id}/stop`, { ...own, [XSRF.header]: 'wrong' });
    await browser.send('POST', `api/v1/dashboards/${id}/stop`, { 'sec-fetch-site': 'cross-site' });
    await browser.submit('logout', { xsrf: 'wrong' });
    expect((await refusals(3)).map(told)).toEqual([
      ['alice', 'call_refused', null, 'POST /api/v1/dashboards/:id/stop: xsrf_failed'],
      ['', 'call_refused', null, 'POST /api/v1/dashboards/:id/stop: xsrf_failed'],
      ['alice', 'call_refused', null, 'POST /logout: xsrf_failed']
    ]);
  });
});

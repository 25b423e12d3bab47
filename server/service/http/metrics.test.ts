import {
  DASHBOARD_STATES,
  type BuildReply,
  type DashboardList,
  type DashboardReply,
  type ErrorReply
} from '../../contract';
import { exposition } from '../metrics/exposition';
import { addUser } from '../testing/fake-hub';
import { startRunners } from '../testing/fake-runner';
import { dashboardRecordOf } from '../testing/records';
import { eventually, PUBLISH, startTestService, type TestService } from '../testing/test-service';

let test: TestService;
let alice: string;
let root: string;

beforeEach(async () => {
  // Dashboards that are put into the database have no servers: nobody may look for them between list and figures.
  test = await startTestService({}, { graceMs: 60_000 });
  alice = addUser(test.hub, 'alice');
  root = addUser(test.hub, 'root', { admin: true });
  test.hub.tokens.set('scraper', { name: 'prometheus', scopes: ['read:metrics'], kind: 'service' });
});
afterEach(() => test.stop());

async function figures(): Promise<Map<string, number>> {
  test.advance(6_000);
  const { text, status, headers } = await test.call('scraper', 'GET', 'api/v1/metrics');
  expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  const samples = text.split('\n').filter(line => line && !line.startsWith('#'));
  return new Map(
    samples.map(line => {
      expect(line).toMatch(/^[a-z_]+(\{[a-z]+="[^"]*"\})? -?[0-9.e+]+$/);
      return [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))] as const;
    })
  );
}

describe('the metrics', () => {
  it('are for administrators, and for tokens that may read those of the Hub', async () => {
    test.hub.tokens.set('other', { name: 'prometheus', scopes: [], kind: 'service' });
    const statuses = async (token: string | null) => {
      const { status, body } = await test.call<ErrorReply | null>(token, 'GET', 'api/v1/metrics');
      return [status, body?.error.code];
    };
    expect(await statuses(root)).toEqual([200, undefined]);
    expect(await statuses('scraper')).toEqual([200, undefined]);
    expect(await statuses(alice)).toEqual([403, 'not_allowed']);
    expect(await statuses('other')).toEqual([401, 'not_signed_in']);
    expect(await statuses('unknown')).toEqual([401, 'not_signed_in']);
    expect(await statuses(null)).toEqual([401, 'not_signed_in']);
  });

  it('count dashboards as the lists show them', async () => {
    const { dashboards } = test.service.context;
    const all = [
      { desired: 'off' },
      { desired: 'asleep' },
      { desired: 'asleep', problem: { code: 'app_failed', message: 'It failed.' } },
      { desired: 'asleep', liveVersion: null },
      { desired: 'asleep', liveVersion: null, ended: 'cancelled' },
      { desired: 'off', liveVersion: null, ended: 'cancelled' },
      { desired: 'asleep', ended: 'cancelled' },
      { desired: 'on', liveVersion: null },
      { desired: 'on' },
      { desired: 'off', building: true },
      { desired: 'asleep', building: true }
    ] as const;
    for (const [n, { ...given }] of all.entries()) {
      const ended = 'ended' in given ? given.ended : 'live';
      const { dashboard, nameKey, version, build } = dashboardRecordOf(`d${n}`);
      const building = 'building' in given;
      await dashboards.create(
        { ...dashboard, ...given },
        nameKey,
        version,
        building
          ? { ...build, state: 'check', endedAt: null, leaseUntil: Date.now() + 3_600_000 }
          : { ...build, state: ended }
      );
    }
    const { body } = await test.call<DashboardList>(root, 'GET', 'api/v1/dashboards?filter=all');
    const found = await figures();
    for (const state of DASHBOARD_STATES) {
      const listed = body.dashboards.filter(dashboard => dashboard.state === state).length;
      expect([state, found.get(`jupyterhub_dashboards_dashboards{state="${state}"}`)]).toEqual([state, listed]);
    }
    expect(found.get('jupyterhub_dashboards_dashboards{state="cancelled"}')).toBe(2);
    expect(found.get('jupyterhub_dashboards_builds{state="live"}')).toBe(6);
    expect(found.get('jupyterhub_dashboards_builds{state="check"}')).toBe(2);
  });

  it('count runners, viewers, the queue and the requests to the Hub', async () => {
    const runners = startRunners(test);
    const { body } = await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', PUBLISH);
    await (await eventually(() => runners[0])).build();
    await eventually(async () => (await test.service.context.dashboards.get(body.dashboard.id))?.runner?.ready);
    const found = await figures();
    expect(found.get('jupyterhub_dashboards_runners_connected')).toBe(1);
    expect(found.get('jupyterhub_dashboards_viewers')).toBe(0);
    expect(found.get('jupyterhub_dashboards_build_queue_length')).toBe(0);
    expect(found.get('jupyterhub_dashboards_dashboards{state="running"}')).toBe(1);
    const answered = found.get('jupyterhub_dashboards_hub_requests_total{outcome="answered"}') ?? 0;
    expect(answered).toBeGreaterThan(1);
    test.hub.broken = 503;
    await test.call(null, 'GET', 'api/v1/health');
    test.hub.broken = null;
    expect((await figures()).get('jupyterhub_dashboards_hub_requests_total{outcome="failed"}')).toBeGreaterThan(0);
  });

  it('count viewers of what runs alone, as the lists do: a stopped dashboard has none, while its server is still ending', async () => {
    const runners = startRunners(test);
    const { body } = await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', PUBLISH);
    const { id } = body.dashboard;
    const runner = await eventually(() => runners[0]);
    await runner.build();
    const { dashboards, channels } = test.service.context;
    await eventually(async () => (await dashboards.get(id))?.runner?.ready);
    const app = { state: 'serving', version: 1, problem: null } as const;
    await dashboards.recordHeartbeat(runner.startId, { app, connections: 1, viewers: 1, at: Date.now() });
    const seen = async () => {
      const { dashboard } = (await test.call<DashboardReply>(alice, 'GET', `api/v1/dashboards/${id}`)).body;
      return [dashboard.state, dashboard.viewers, (await figures()).get('jupyterhub_dashboards_viewers')];
    };
    expect(await seen()).toEqual(['running', 1, 1]);
    test.hub.onStop = () => undefined;
    await test.call(alice, 'POST', `api/v1/dashboards/${id}/stop`);
    expect(channels.connected(id)).toBe(true);
    expect(await seen()).toEqual(['off', 0, 0]);
  });

  it('are written as Prometheus reads them, whatever a label holds', () => {
    const text = exposition([
      { name: 'a', help: 'Two\nlines \\', type: 'gauge', samples: [{ labels: { b: 'x"\n\\' }, value: 1 }] }
    ]);
    expect(text).toBe('# HELP a Two\\nlines \\\\\n# TYPE a gauge\na{b="x\\"\\n\\\\"} 1\n');
  });
});

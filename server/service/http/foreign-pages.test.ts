import type { BuildReply, DashboardReply, ErrorReply } from '../../contract';
import { addUser } from '../testing/fake-hub';
import { dashboardRecordOf } from '../testing/records';
import { PREFIX, startTestService, type TestService } from '../testing/test-service';

let test: TestService;
let alice: string;

async function begin(config = {}) {
  test = await startTestService(config);
  alice = addUser(test.hub, 'alice');
  const { dashboard, nameKey, version, build } = dashboardRecordOf('sales');
  await test.service.context.dashboards.create(dashboard, nameKey, version, build);
}
afterEach(() => test.stop());

const CHANGES = [
  ['POST', 'dashboards'],
  ['PATCH', 'dashboards/sales'],
  ['POST', 'dashboards/sales/versions'],
  ['POST', 'dashboards/sales/live'],
  ['POST', 'dashboards/sales/start'],
  ['POST', 'dashboards/sales/stop'],
  ['POST', 'builds/buildsales/cancel'],
  ['DELETE', 'dashboards/sales']
] as const;

/** Straight into the service: `fetch` writes metadata of its own. */
const send = async (method: 'POST' | 'PATCH' | 'DELETE', path: string, headers: Record<string, string>) => {
  const reply = await test.service.app.inject({
    method,
    url: `${PREFIX}api/v1/${path}`,
    payload: JSON.stringify({ name: 'Changed' }),
    headers: { authorization: `token ${alice}`, 'content-type': 'application/json', ...headers }
  });
  return [reply.statusCode, reply.statusCode < 400 ? undefined : reply.json<ErrorReply>().error.code];
};
const name = async () => (await test.call<DashboardReply>(alice, 'GET', 'api/v1/dashboards/sales')).body.dashboard.name;

describe('XSRF: a change with a token', () => {
  it.each<[string, Record<string, string>]>([
    ['another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', origin: 'https://evil.example' }],
    ['a neighbour', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors', origin: 'https://dash.example.org' }],
    ['a sandboxed page', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', origin: 'null' }],
    ['a form', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate' }],
    ['an image or a request without CORS', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'no-cors' }]
  ])('from %s is refused on every route, and changes nothing', async (_page, headers) => {
    await begin();
    for (const [method, path] of CHANGES) {
      expect([method, path, ...(await send(method, path, headers))]).toEqual([method, path, 403, 'xsrf_failed']);
    }
    expect(await name()).toBe('sales');
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'as %s, which a form can send, is refused',
    async type => {
      await begin();
      for (const [method, path] of CHANGES) {
        expect([method, path, ...(await send(method, path, { 'content-type': type }))]).toEqual([
          method,
          path,
          415,
          'invalid_request'
        ]);
      }
      expect(await name()).toBe('sales');
    }
  );

  it('from Lab or from a program passes; from Lab on its own subdomain as well', async () => {
    await begin({ subdomainHost: 'https://hub.example.org' });
    const page = { 'sec-fetch-mode': 'cors' };
    for (const headers of [
      {},
      { ...page, 'sec-fetch-site': 'same-origin', origin: 'https://hub.example.org' },
      { ...page, 'sec-fetch-site': 'same-site', origin: 'https://alice.hub.example.org' }
    ]) {
      expect((await send('PATCH', 'dashboards/sales', headers))[0]).toBe(200);
    }
    const foreign = { ...page, 'sec-fetch-site': 'same-site', origin: 'https://services.hub.example.org' };
    expect(await send('PATCH', 'dashboards/sales', foreign)).toEqual([403, 'xsrf_failed']);
  });

  it('may not be read from other origins, nor sent by them with an Idempotency-Key', async () => {
    await begin({ subdomainHost: 'https://hub.example.org' });
    const preflight = async (origin: string) => {
      const { headers } = await test.call<BuildReply>(null, 'OPTIONS', 'api/v1/dashboards', undefined, {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, idempotency-key'
      });
      return headers.get('access-control-allow-headers');
    };
    expect(await preflight('https://alice.hub.example.org')).toContain('idempotency-key');
    expect(await preflight('https://evil.example')).toBeNull();
  });
});

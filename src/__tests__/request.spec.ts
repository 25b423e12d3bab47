import { DashboardsError } from '../dashboards/errors';
import * as restapi from '../dashboards/restapi';
import { FakeService, html, json } from './fake-service';
import { build, dashboard, version, whoami } from './samples';

let service: FakeService;

beforeEach(() => {
  service = new FakeService();
});

async function failure(work: Promise<unknown>): Promise<DashboardsError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason
  );
  expect(error).toBeInstanceOf(DashboardsError);
  return error as DashboardsError;
}

describe('a request', () => {
  it('carries the Hub token, and a body as JSON', async () => {
    service.answer('POST api/v1/dashboards', json({ dashboard: dashboard(), build: build() }, 201));
    const source = { kind: 'files', root: '/home/alice', entry: 'app.py', scope: 'file' } as const;
    const reply = await restapi.publish(service.connection, { name: 'Sales', source }, 'k1');
    expect(reply.build.id).toBe('b1');
    expect(service.asked[0]).toMatchObject({
      headers: { Authorization: 'token secret', 'Content-Type': 'application/json', 'idempotency-key': 'k1' },
      body: { name: 'Sales', source }
    });
  });

  it('reads a list of versions newest first', async () => {
    service.answer('GET api/v1/dashboards/d1/versions', json({ versions: [version({ n: 1 }), version({ n: 2 })] }));
    expect((await restapi.listVersions(service.connection, 'd1')).map(({ n }) => n)).toEqual([2, 1]);
  });

  it('needs no body in the reply to a deletion', async () => {
    service.answer('DELETE api/v1/dashboards/d1', html(204));
    await expect(restapi.remove(service.connection, 'd1')).resolves.toBeUndefined();
  });
});

describe('an error', () => {
  it('is what the service says', async () => {
    const problem = { code: 'name_taken', message: 'There is a Sales already.', fix: 'Choose another name.' };
    service.answer('GET api/v1/whoami', json({ error: problem }, 409));
    expect((await failure(restapi.whoami(service.connection))).problem).toMatchObject(problem);
  });

  it.each([
    [401, 'not_signed_in'],
    [403, 'not_signed_in'],
    [404, 'service_unavailable'],
    [502, 'service_unavailable'],
    [503, 'service_unavailable'],
    [500, 'internal']
  ])('with a page of status %i from something in between is %s, and says what to do', async (status, code) => {
    service.answer('GET api/v1/whoami', html(status));
    const error = await failure(restapi.whoami(service.connection));
    expect(error.code).toBe(code);
    expect(error.fix).toMatch(/\w/);
  });

  it('of the network is service_unavailable', async () => {
    expect((await failure(restapi.listVersions(service.connection, 'd1'))).code).toBe('service_unavailable');
  });

  it.each([
    ['a reply that does not follow the contract', json({ ...whoami(), name: 1 })],
    ['a page instead of JSON', html(200)],
    ['an error without a code of the contract', json({ error: { code: 'flash', message: '' } }, 500)]
  ])('is %s', async (_what, reply) => {
    service.answer('GET api/v1/whoami', reply);
    expect((await failure(restapi.whoami(service.connection))).code).toBe('internal');
  });

  it('is an abort where the caller called it off', async () => {
    const connection = { ...service.connection, fetch: () => Promise.reject(new DOMException('', 'AbortError')) };
    await expect(restapi.whoami(connection)).rejects.toHaveProperty('name', 'AbortError');
  });
});

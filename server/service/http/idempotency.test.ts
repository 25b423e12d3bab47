import type { BuildReply, DashboardList, ErrorReply } from '../../contract';
import { addUser } from '../testing/fake-hub';
import { PUBLISH, startTestService, type TestService } from '../testing/test-service';

let test: TestService;
let alice: string;
let bob: string;

beforeEach(async () => {
  test = await startTestService();
  alice = addUser(test.hub, 'alice');
  bob = addUser(test.hub, 'bob');
});
afterEach(() => test.stop());

const send = async (token: string, key: string, body: object = PUBLISH) => {
  const reply = await test.call<BuildReply & ErrorReply>(token, 'POST', 'api/v1/dashboards', body, {
    'idempotency-key': key
  });
  const { dashboard, build, error } = reply.body;
  return error ? [reply.status, error.code] : [reply.status, dashboard.id, build.id];
};
const count = async (token: string) =>
  (await test.call<DashboardList>(token, 'GET', 'api/v1/dashboards')).body.dashboards.length;

describe('a publish with an Idempotency-Key', () => {
  it('makes one dashboard, however often and however fast it is sent', async () => {
    const at = await Promise.all(Array.from({ length: 8 }, () => send(alice, 'one')));
    expect(new Set(at.map(String)).size).toBe(1);
    expect(at[0]?.[0]).toBe(201);
    const { name, source } = PUBLISH;
    expect(await send(alice, 'one', { source: { ...source }, name })).toEqual(at[0]);
    await test.restart();
    expect(await send(alice, 'one')).toEqual(at[0]);
    expect(await count(alice)).toBe(1);
  });

  it('is refused with another body, and is nothing to other people', async () => {
    const first = await send(alice, 'one');
    expect(await send(alice, 'one', { ...PUBLISH, name: 'Other' })).toEqual([422, 'idempotency_key_reused']);
    expect(await send(bob, 'one', { ...PUBLISH, name: 'Other' })).not.toEqual(first);
    expect([await count(alice), await count(bob)]).toEqual([1, 1]);
  });

  it('that failed may be sent again with the same key, corrected', async () => {
    expect(await send(alice, 'one', { ...PUBLISH, name: ' ' })).toEqual([400, 'invalid_request']);
    expect((await send(alice, 'one'))[0]).toBe(201);
  });

  it('is not carried out again after its dashboard was deleted', async () => {
    const [, id] = await send(alice, 'one');
    await test.call(alice, 'DELETE', `api/v1/dashboards/${id}`);
    expect(await send(alice, 'one')).toEqual([409, 'state_conflict']);
    expect((await send(alice, 'two'))[0]).toBe(201);
  });

  it('is a new request after a day', async () => {
    const [, id] = await send(alice, 'one');
    test.advance(24 * 3_600_000 + 1_000);
    expect(await send(alice, 'one')).toEqual([409, 'name_taken']);
    await test.call(alice, 'DELETE', `api/v1/dashboards/${id}`);
    expect((await send(alice, 'one'))[0]).toBe(201);
  });

  it.each(['x'.repeat(201), 'ümlaut'])('takes keys of up to 200 printable characters: not %j', async key => {
    // Header values are bytes: what is no ASCII arrives as Latin-1.
    expect(await send(alice, key)).toEqual([400, 'invalid_request']);
  });
});

import type { BuildReply, ErrorReply, Whoami } from '../../contract';
import { addUser } from '../testing/fake-hub';
import { PUBLISH, startTestService, type TestService } from '../testing/test-service';

let test: TestService;

beforeEach(async () => {
  test = await startTestService({ publishers: ['analysts', 'teachers'] });
  test.hub.groups.add('analysts');
});
afterEach(() => test.stop());

const publish = (token: string, path = 'dashboards', body: object = PUBLISH) =>
  test.call<BuildReply & ErrorReply>(token, 'POST', `api/v1/${path}`, body);
const whoami = async (token: string) => (await test.call<Whoami>(token, 'GET', 'api/v1/whoami')).body;

describe('publishers', () => {
  it('may publish; others get 403 with the groups that they may ask for', async () => {
    const alice = addUser(test.hub, 'alice', { groups: ['analysts'] });
    const bob = addUser(test.hub, 'bob', { groups: ['students'] });
    expect((await publish(alice)).status).toBe(201);
    expect(await whoami(alice)).toMatchObject({ mayPublish: true, publishingOff: null });
    const refused = await publish(bob);
    expect(refused.status).toBe(403);
    expect(refused.body.error).toMatchObject({
      code: 'publishing_forbidden',
      message: 'On this hub, dashboards are published by members of the groups "analysts", "teachers".'
    });
    expect(await whoami(bob)).toMatchObject({ mayPublish: false, publishingOff: { code: 'publishing_forbidden' } });
  });

  it('are found at the Hub where the token names no groups', async () => {
    const alice = addUser(test.hub, 'alice', { groups: ['analysts'] });
    test.hub.hiddenGroups = true;
    expect((await publish(alice)).status).toBe(201);
    expect((await publish(addUser(test.hub, 'bob'))).status).toBe(403);
  });

  it('are not asked of administrators', async () => {
    expect((await publish(addUser(test.hub, 'root', { admin: true }))).status).toBe(201);
  });

  it('who are so no longer stop and delete what they published, and make no new version', async () => {
    const alice = addUser(test.hub, 'alice', { groups: ['analysts'] });
    const { dashboard, build } = (await publish(alice)).body;
    test.hub.users.set('alice', { admin: false, groups: ['students'], servers: new Map() });
    test.advance(60_000);
    await test.call(alice, 'POST', `api/v1/builds/${build.id}/cancel`);
    const update = await publish(alice, `dashboards/${dashboard.id}/versions`, {});
    expect([update.status, update.body.error.code]).toEqual([403, 'publishing_forbidden']);
    expect((await test.call(alice, 'POST', `api/v1/dashboards/${dashboard.id}/stop`)).status).toBe(200);
    expect((await test.call(alice, 'DELETE', `api/v1/dashboards/${dashboard.id}`)).status).toBe(204);
  });
});

import type { BuildReply, DashboardReply, ErrorReply } from '../../contract';
import { Browser } from '../testing/browser';
import { addUser } from '../testing/fake-hub';
import { startRunners } from '../testing/fake-runner';
import { eventually, PUBLISH, startTestService, type TestService } from '../testing/test-service';

let test: TestService;
let alice: string;
let bob: string;

beforeEach(async () => {
  test = await startTestService();
  alice = addUser(test.hub, 'alice');
  bob = addUser(test.hub, 'bob');
});
afterEach(() => test.stop());

const publish = (token: string, changes: object = {}) =>
  test.call<BuildReply & ErrorReply>(token, 'POST', 'api/v1/dashboards', { ...PUBLISH, ...changes });

describe('publish', () => {
  it('answers with the stable link while the server has not even been asked for', async () => {
    test.hub.onStart = () => new Promise(() => undefined);
    const { status, body } = await publish(alice);
    expect(status).toBe(201);
    expect(body.dashboard).toMatchObject({ slug: 'sales', owner: 'alice', state: 'building', mine: true });
    expect(body.dashboard.link).toBe(`${test.origin}/services/dashboards/d/sales`);
    expect(body.build).toMatchObject({ kind: 'publish', version: 1 });
  });

  it('gives two authors of one name two links, and each opens their own', async () => {
    const runners = startRunners(test);
    const made = [await publish(alice), await publish(bob)];
    expect(made.map(({ body }) => body.dashboard.slug)).toEqual(['sales', 'sales-bob']);
    await eventually(() => runners.length === 2);
    await Promise.all(runners.map(runner => runner.build()));
    for (const [owner, link] of [
      ['alice', 'd/sales'],
      ['bob', 'd/sales-bob']
    ] as const) {
      const browser = new Browser(test);
      await browser.signIn(owner);
      const opened = await browser.eventually(link, ({ status }) => status === 302);
      expect(opened.location).toMatch(new RegExp(`^/user/${owner}/dash-sales`));
    }
  });

  it('refuses a second dashboard of the same name of one owner, and says what to do', async () => {
    await publish(alice);
    const { status, body } = await publish(alice, { name: ' SALES ' });
    expect(status).toBe(409);
    expect(body.error).toMatchObject({ code: 'name_taken', fix: expect.stringContaining('Update that one') });
  });

  it('names the frameworks there are where one is asked for that nobody knows', async () => {
    const { status, body } = await publish(alice, { framework: 'flash' });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      code: 'framework_unknown',
      fix: 'Choose one of: voila, streamlit, command.'
    });
  });
});

describe('an update', () => {
  it('keeps the framework that was chosen for the same entry, until it is to be found out anew', async () => {
    const runners = startRunners(test);
    const { id } = (await publish(alice, { framework: 'voila' })).body.dashboard;
    const runner = await eventually(() => runners[0]);
    const jobs: unknown[] = [];
    const built = async () => {
      jobs.push(await eventually(() => runner.state.job));
      await runner.build();
      return (await test.call<DashboardReply>(alice, 'GET', `api/v1/dashboards/${id}`)).body.dashboard.chosenFramework;
    };
    const chosen = [await built()];
    const otherEntry = { source: { ...PUBLISH.source, entry: 'other.py' } };
    for (const request of [{}, { framework: null }, {}, { framework: 'voila' }, otherEntry]) {
      expect((await test.call(alice, 'POST', `api/v1/dashboards/${id}/versions`, request)).status).toBe(201);
      chosen.push(await built());
    }
    expect(chosen).toEqual(['voila', 'voila', null, null, 'voila', null]);
    expect(jobs).toMatchObject(chosen.map(framework => ({ framework })));
  });
});

describe('a dashboard that is deleted while an update of it asks the Hub for its viewers', () => {
  it('takes no new version, and none is recorded', async () => {
    const runners = startRunners(test);
    const { id } = (await publish(alice)).body.dashboard;
    await (await eventually(() => runners[0])).build();
    const { audit, hub } = test.service.context;
    hub.userExists = async () => {
      expect((await test.call(alice, 'DELETE', `api/v1/dashboards/${id}`)).status).toBe(204);
      return true;
    };
    const audience = { kind: 'people', users: ['bob'], groups: [] };
    const { status, body } = await test.call<ErrorReply>(alice, 'POST', `api/v1/dashboards/${id}/versions`, {
      audience
    });
    expect([status, body.error.code]).toEqual([404, 'not_found']);
    const [newest] = await audit.list({ dashboardId: id, before: null, limit: 10 });
    expect(newest?.action).toBe('delete');
  });
});

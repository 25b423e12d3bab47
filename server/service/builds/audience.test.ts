import type { Audience, AuditList, Build, BuildReply, DashboardReply, ErrorReply } from '../../contract';
import { problem } from '../errors';
import { addUser } from '../testing/fake-hub';
import { startRunners, type FakeRunner } from '../testing/fake-runner';
import { eventually, PUBLISH, startTestService, type TestService } from '../testing/test-service';

const OWNER: Audience = { kind: 'owner' };
const EVERYONE: Audience = { kind: 'everyone' };
const people = (users: string[], groups: string[] = []): Audience => ({ kind: 'people', users, groups });

let test: TestService;
let alice: string;
let bob: string;
let runner: FakeRunner;
let id: string;

async function begin(audience: Audience): Promise<void> {
  test = await startTestService();
  alice = addUser(test.hub, 'alice', { admin: true });
  bob = addUser(test.hub, 'bob');
  addUser(test.hub, 'carol');
  const runners = startRunners(test);
  const { body } = await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', { ...PUBLISH, audience });
  id = body.dashboard.id;
  runner = await eventually(() => runners[0]);
  await runner.build();
  await eventually(async () => (await show()).state === 'running');
}
afterEach(() => test.stop());

const show = async () => (await test.call<DashboardReply>(alice, 'GET', `api/v1/dashboards/${id}`)).body.dashboard;
const update = async (audience: Audience) =>
  (await test.call<BuildReply>(alice, 'POST', `api/v1/dashboards/${id}/versions`, { audience })).body.build;
const mayLook = async (who: string) => (await test.call(who, 'GET', `api/v1/dashboards/${id}`)).status === 200;
const job = () => eventually(() => runner.state.job);

describe('an audience that comes with an update', () => {
  it('lets nobody new look before the new version is live', async () => {
    await begin(OWNER);
    expect(await update(EVERYONE)).toMatchObject({ audience: EVERYONE });
    expect(await show()).toMatchObject({ audience: OWNER, build: { audience: EVERYONE } });
    expect(await mayLook(bob)).toBe(false);
    await job();
    await runner.build();
    expect(await show()).toMatchObject({ audience: EVERYONE, liveVersion: 2 });
    expect(await mayLook(bob)).toBe(true);
    const { body } = await test.call<AuditList>(alice, 'GET', `api/v1/audit?dashboard=${id}`);
    expect(body.records.slice(0, 2).map(({ action, actor, detail }) => [action, actor, detail])).toEqual([
      ['patch', 'alice', 'audience: everyone, was: the owner alone'],
      ['live', 'alice', 'version 2']
    ]);
  });

  it('is dropped when the update fails', async () => {
    await begin(OWNER);
    await update(EVERYONE);
    await runner.result((await job()).id, { ok: false, problem: problem('app_failed', 'It failed.') });
    expect(await show()).toMatchObject({
      audience: OWNER,
      liveVersion: 1,
      build: { state: 'failed', audience: EVERYONE }
    });
    expect(await mayLook(bob)).toBe(false);
    await test.call(alice, 'POST', `api/v1/dashboards/${id}/versions`, {});
    await job();
    await runner.build();
    expect(await show()).toMatchObject({ audience: OWNER, liveVersion: 3 });
  });

  it('is dropped when the update is cancelled', async () => {
    await begin(OWNER);
    const build = await update(people(['bob']));
    await test.call<Build>(alice, 'POST', `api/v1/builds/${build.id}/cancel`);
    expect(await show()).toMatchObject({ audience: OWNER });
    expect(await mayLook(bob)).toBe(false);
  });

  it('cuts off at once whoever is left out of it, whatever becomes of the update', async () => {
    await begin(EVERYONE);
    const build = await update(people(['carol']));
    expect(build.audience).toBeUndefined();
    expect(await mayLook(bob)).toBe(false);
    expect(await show()).toMatchObject({ audience: people(['carol']) });
    await runner.result((await job()).id, { ok: false, problem: problem('app_failed', 'It failed.') });
    expect(await show()).toMatchObject({ audience: people(['carol']) });
  });

  it('is overtaken by one that is chosen while the version is built', async () => {
    await begin(OWNER);
    await update(EVERYONE);
    await test.call(alice, 'PATCH', `api/v1/dashboards/${id}`, { audience: people(['carol']) });
    await job();
    await runner.build();
    expect(await show()).toMatchObject({ audience: people(['carol']), liveVersion: 2 });
    expect(await mayLook(bob)).toBe(false);
  });

  it('survives a restart of the service', async () => {
    await begin(OWNER);
    await update(EVERYONE);
    await job();
    await test.restart();
    await runner.connect();
    await runner.build();
    expect(await show()).toMatchObject({ audience: EVERYONE, liveVersion: 2 });
  });

  it('that holds nobody whom the Hub knows is refused, and nothing is changed', async () => {
    await begin(EVERYONE);
    const path = `api/v1/dashboards/${id}/versions`;
    const { status, body } = await test.call<ErrorReply>(alice, 'POST', path, { audience: people(['nobody']) });
    expect([status, body.error.code]).toEqual([400, 'audience_unknown']);
    expect(await show()).toMatchObject({ audience: EVERYONE, build: { version: 1 } });
  });
});

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
  addUser(test.hub, 'dave');
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
/** Asks for an update with this audience, does `meanwhile` while the Hub is asked for these people, and goes on. */
async function updateDuring(audience: Audience, meanwhile: () => Promise<{ status: number }>): Promise<unknown[]> {
  const { hub } = test.service.context;
  const { userExists } = hub;
  let asked: () => void = () => undefined;
  let answer: () => void = () => undefined;
  const isAsked = new Promise<void>(resolve => (asked = resolve));
  const answered = new Promise<void>(resolve => (answer = resolve));
  hub.userExists = async name => {
    asked();
    await answered;
    return userExists(name);
  };
  const updated = test.call<ErrorReply>(alice, 'POST', `api/v1/dashboards/${id}/versions`, { audience });
  await isAsked;
  hub.userExists = userExists;
  const { status } = await meanwhile();
  answer();
  const reply = await updated;
  return [status, reply.status, reply.body.error?.code];
}
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

  it.each([
    ['narrower', people(['bob', 'dave']), people(['bob'])],
    ['wider', people(['bob']), people(['bob', 'carol'])]
  ])('is refused, where it is %s, if another one is chosen at the same moment', async (_, before, wanted) => {
    await begin(before);
    const patch = () => test.call(alice, 'PATCH', `api/v1/dashboards/${id}`, { audience: OWNER });
    expect(await updateDuring(wanted, patch)).toEqual([200, 409, 'state_conflict']);
    expect(await show()).toMatchObject({ audience: OWNER, build: { version: 1, state: 'live' } });
    expect(await mayLook(bob)).toBe(false);
  });

  it('holds if nothing but the name is changed at the same moment', async () => {
    await begin(EVERYONE);
    const rename = () => test.call(alice, 'PATCH', `api/v1/dashboards/${id}`, { name: 'Revenue' });
    expect(await updateDuring(people(['carol']), rename)).toEqual([200, 201, undefined]);
    expect(await show()).toMatchObject({ audience: people(['carol']), name: 'Revenue', build: { version: 2 } });
  });

  it('changes nothing, nor the audience of the other update, if another one has begun at the same moment', async () => {
    await begin(people(['bob', 'dave']));
    const other = () => test.call(alice, 'POST', `api/v1/dashboards/${id}/versions`, { audience: EVERYONE });
    expect(await updateDuring(people(['bob']), other)).toEqual([201, 409, 'build_running']);
    expect(await show()).toMatchObject({
      audience: people(['bob', 'dave']),
      build: { version: 2, audience: EVERYONE }
    });
    const { body } = await test.call<AuditList>(alice, 'GET', `api/v1/audit?dashboard=${id}`);
    expect(body.records.map(({ action }) => action)).not.toContain('patch');
    await job();
    await runner.build();
    expect(await show()).toMatchObject({ audience: EVERYONE, liveVersion: 2 });
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

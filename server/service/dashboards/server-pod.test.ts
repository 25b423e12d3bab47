import type { BuildResult, LogPage, StartReply, VersionList } from '../../contract';
import { createAuthor } from '../testing/author';
import { addUser } from '../testing/fake-hub';
import { BUILT, startRunners, type FakeRunner } from '../testing/fake-runner';
import { dashboardRecordOf } from '../testing/records';
import { eventually, HOOK_KEY, startTestService, type TestService } from '../testing/test-service';
import { wantedPod } from './server-pod';

const LARGE = { profile: 'large' };
const INSTALLED = { python: '3.12.1', framework: 'streamlit 1.40.0' };

const BUILT_WITH = { ...BUILT, installed: INSTALLED } as BuildResult['outcome'];

let test: TestService;
let alice: string;
let runners: FakeRunner[];
afterEach(() => test.stop());

const { publish, show } = createAuthor(() => ({ test, token: alice }));

async function begin(pinImage: boolean): Promise<void> {
  test = await startTestService({ pinImage });
  alice = addUser(test.hub, 'alice');
  runners = startRunners(test);
}

const pod = (serverName: string, image: string, profile: object = {}) =>
  test.call(HOOK_KEY, 'POST', 'internal/server-pod', { userName: 'alice', serverName, image, profile });
const started = async (serverName: string) => {
  const request = { userId: 1, userName: 'alice', serverName };
  const { body } = await test.call<StartReply>(HOOK_KEY, 'POST', 'internal/start-specification', request);
  return body.kind === 'run' ? body.pod : body;
};

/** A live version that was built with image `lab:1`. @returns the dashboard and the name of its server */
async function live(): Promise<[id: string, serverName: string]> {
  const { id, buildId } = await publish();
  const runner = await eventually(() => runners[0]);
  const { serverName } = runner.specification;
  expect((await pod(serverName, 'lab:1', LARGE)).status).toBe(204);
  await runner.result(buildId, BUILT_WITH);
  await runner.heartbeat();
  await eventually(async () => (await show(id)).liveVersion === 1);
  return [id, serverName];
}

it.each([
  { pinImage: false, wanted: { profile: LARGE } },
  { pinImage: true, wanted: { profile: LARGE, image: 'lab:1' } }
])('a version is started with the profile that it was built with; $pinImage: and with its image', async one => {
  await begin(one.pinImage);
  const [id, serverName] = await live();
  expect(await started(serverName)).toEqual(one.wanted);
  // A new one is built with what its author uses by then.
  await test.call(alice, 'POST', `api/v1/dashboards/${id}/versions`, {});
  expect(await started(serverName)).toEqual({ like: '' });
});

it.each([
  {
    what: 'the server that it is published from',
    build: { endedAt: null },
    origin: 'second',
    wanted: { like: 'second' }
  },
  { what: 'the default profile, of before any was recorded', build: {}, origin: null, wanted: { profile: {} } }
])('is made like $what', async ({ build: changes, origin, wanted }) => {
  await begin(true);
  const { dashboard, version: newest, build } = dashboardRecordOf('sales');
  const version = { ...newest, origin: { server: origin, folder: null } };
  const aggregate = { dashboard, newest: version, live: version, build: { ...build, ...changes }, runner: null };
  expect(wantedPod(aggregate, [version], true)).toEqual(wanted);
});

it('a version tells its author what it was built with, and its runner what it finds out itself', async () => {
  await begin(false);
  const [id] = await live();
  const { body } = await test.call<VersionList>(alice, 'GET', `api/v1/dashboards/${id}/versions`);
  expect(body.versions[0]?.builtWith).toEqual({ image: 'lab:1', ...INSTALLED });
  expect(runners[0]?.state.live?.builtWith).toEqual(INSTALLED);
});

it('another image than that of the live version is told in its log, and no other is', async () => {
  await begin(false);
  const [id, serverName] = await live();
  const log = async () =>
    (await test.call<LogPage>(alice, 'GET', `api/v1/dashboards/${id}/logs`)).body.lines.map(({ text }) => text);
  const before = await log();
  await pod(serverName, 'lab:1');
  await pod(serverName, 'lab:2');
  expect((await log()).slice(before.length)).toEqual([
    'The software image has changed since version 1 was built: it was lab:1, and is lab:2.'
  ]);
});

it('is heard from the Hub alone', async () => {
  await begin(false);
  const body = { userName: 'alice', serverName: 'dash-nothing', image: 'lab:1', profile: {} };
  expect((await test.call(alice, 'POST', 'internal/server-pod', body)).status).toBe(401);
  expect((await test.call(HOOK_KEY, 'POST', 'internal/server-pod', body)).status).toBe(204);
});

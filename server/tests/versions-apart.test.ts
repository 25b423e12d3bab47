import { readable } from '../service/testing/page-text';
import { eventually } from '../service/testing/test-service';
import { VERSION } from '../service/version';
import { Author, page } from './author';
import { hasServer } from './bad-case';
import { startTestHub, type TestHub } from './hub';
import { leftovers, NOTHING, processesOf } from './leftovers';
import { createOtherVersion, type OtherVersion } from './other-version';
import { ask } from './request';

jest.setTimeout(90_000);

const OLDER = '0.0.9';
const NEWER = '9.0.0';
const FIX = 'pip install --upgrade "jupyterhub-dashboards[node]"';

const older = createOtherVersion();
const newer = createOtherVersion();
/** Of the Hub's package, which is upgraded while dashboards run. */
const upgraded = createOtherVersion();
let hub: TestHub;
let alice: Author, bob: Author, olga: Author, nina: Author;

beforeAll(async () => {
  hub = await startTestHub({
    users: ['alice', 'bob', 'olga', 'nina'],
    config: `
def other_versions(spawner, options):
    commands = {"olga": "${older.singleUser}", "nina": "${newer.singleUser}", "alice": "${upgraded.singleUser}"}
    spawner.cmd = [commands[spawner.user.name]]
c.Spawner.apply_user_options = other_versions
`,
    configure: `service_command=["${upgraded.service}"]`
  });
  [alice, bob, olga, nina] = await Promise.all([
    Author.of(hub, 'alice'),
    Author.of(hub, 'bob'),
    Author.of(hub, 'olga'),
    Author.of(hub, 'nina')
  ]);
});
afterAll(async () => {
  await hub?.stop();
  [older, newer, upgraded].forEach(version => version.remove());
});

const tooOld = (runner: string, service: string) =>
  `The runner in this dashboard's server is of version ${runner}, too old for this hub's dashboards service (${service}).`;

/** What the owner and somebody else read at the link. */
async function read(owner: Author, link: string): Promise<{ own: string; others: string }> {
  const own = await eventually(async () => {
    const text = readable((await owner.open(link)).text);
    return text.includes('does not work') && text;
  }, 20_000);
  return { own, others: readable((await bob.open(link)).text) };
}

const installed = (environment: OtherVersion, version: string) => environment.become(hub, version);

describe('a runner that is older than the service', () => {
  it('is refused: its owner reads in the API and at the link what to install, others nothing of it', async () => {
    installed(older, OLDER);
    olga.write('steady/app.py', page('steady'));
    const everyone = { audience: { kind: 'everyone' } };
    const dashboard = await olga.publish(olga.request('Old', 'steady', 'app.py', everyone));
    const { state, problem } = await olga.ended(dashboard.build?.id ?? '');
    expect({ state, problem }).toMatchObject({
      state: 'failed',
      problem: {
        code: 'runner_outdated',
        message: tooOld(OLDER, VERSION),
        fix: expect.stringContaining(FIX) as string
      }
    });
    const { own, others } = await read(olga, dashboard.link);
    expect(own).toContain(tooOld(OLDER, VERSION));
    expect(own).toContain(FIX);
    expect(others).toContain('Old does not work at the moment Its owner, olga, can see why.');
    expect(others).not.toContain(OLDER);
    await eventually(async () => !(await hasServer(olga, dashboard.id)), 20_000);
    expect(leftovers(olga.home, dashboard.id)).toEqual(NOTHING);

    installed(older, VERSION);
    expect((await olga.ended((await olga.update(dashboard.id, {})).id)).state).toBe('live');
    await bob.sees(dashboard.link, 'steady');
  });
});

describe('a runner that is newer than the service', () => {
  it('publishes, shows, updates, rolls back and wakes', async () => {
    installed(newer, NEWER);
    const dashboard = await nina.steady();
    expect((await bob.open(dashboard.link)).text).toBe('steady');
    nina.write('steady/app.py', page('second'));
    expect((await nina.ended((await nina.update(dashboard.id, {})).id)).state).toBe('live');
    await bob.sees(dashboard.link, 'second');
    const { status } = await nina.call('POST', `dashboards/${dashboard.id}/live`, { version: 1 });
    expect(status).toBe(201);
    await bob.sees(dashboard.link, 'steady');
    const [server = ''] = await nina.servers();
    await hub.api('DELETE', `users/nina/servers/${server}`);
    await eventually(async () => (await nina.dashboard(dashboard.id)).state === 'asleep', 20_000);
    await bob.sees(dashboard.link, 'steady');
  });
});

describe('a service that is upgraded while dashboards run', () => {
  it('stops those whose runner it does not understand; their owner reads why, and they come back', async () => {
    const dashboard = await alice.steady();
    expect((await bob.open(dashboard.link)).text).toBe('steady');
    installed(upgraded, NEWER);
    await serviceIs(NEWER);
    await eventually(async () => (await alice.dashboard(dashboard.id)).state === 'failed', 30_000);
    expect(await alice.dashboard(dashboard.id)).toMatchObject({
      desired: 'asleep',
      liveVersion: 1,
      problem: {
        code: 'runner_outdated',
        message: tooOld(VERSION, NEWER),
        fix: expect.stringContaining('Start the dashboard again.') as string
      }
    });
    const { own, others } = await read(alice, dashboard.link);
    expect(own).toContain(tooOld(VERSION, NEWER));
    expect(others).not.toContain(VERSION);

    await alice.call('POST', `dashboards/${dashboard.id}/start`);
    await bob.sees(dashboard.link, 'steady');
    expect(await alice.dashboard(dashboard.id)).toMatchObject({ state: 'running', problem: null, liveVersion: 1 });
  });
});

/** Waits until the service that starts in place of the one that runs is of that version. */
async function serviceIs(version: string): Promise<void> {
  for (const pid of processesOf(hub, /service\.js/)) {
    process.kill(pid, 'SIGKILL');
  }
  await eventually(async () => {
    const answer = await ask(`${hub.serviceUrl}api/v1/health`).catch(() => null);
    return answer?.status === 200 && (JSON.parse(answer.text) as { version: string }).version === version;
  }, 60_000);
}

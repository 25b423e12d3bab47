import { eventually } from '../service/testing/test-service';
import { Author, page } from './author';
import { escaped } from './bad-case';
import { startTestHub, type TestHub } from './hub';

jest.setTimeout(120_000);

let hub: TestHub;
let alice: Author, bob: Author;

beforeAll(async () => {
  hub = await startTestHub({ users: ['alice', 'bob'], config: 'c.JupyterHub.active_server_limit = 1' });
  [alice, bob] = await Promise.all([Author.of(hub, 'alice'), Author.of(hub, 'bob')]);
  alice.write('app/app.py', page('there was room'));
}, 90_000);
afterAll(() => hub?.stop());

const request = (name: string) => alice.request(name, 'app', 'app.py', { audience: { kind: 'everyone' } });

const FULL = {
  code: 'server_limit',
  message: 'This hub runs as many servers at a time as it allows.',
  fix: expect.stringMatching(/^Try again when somebody has stopped a server.*active_server_limit/) as string
};

/** As a culler does. */
async function stopped(): Promise<void> {
  for (const server of await alice.servers()) {
    await hub.api('DELETE', `users/alice/servers/${server}`);
  }
  await eventually(async () => (await alice.servers()).length === 0);
}

describe('a hub that runs as many servers as it allows', () => {
  it('says so to who publishes, at once and with what to do, and takes it when there is room', async () => {
    const first = await alice.live(request('First'));
    const second = await alice.publish(request('Second'));
    const { state, problem } = await alice.ended(second.build!.id);
    expect({ state, problem }).toMatchObject({ state: 'failed', problem: FULL });
    expect((await alice.open(second.link)).text).toContain(escaped(problem?.fix));
    await bob.sees(first.link, 'there was room');
    await stopped();
    expect((await alice.ended((await alice.update(second.id, {})).id)).state).toBe('live');
    await bob.sees(second.link, 'there was room');
  });

  it('says so to the owner of a dashboard that is to wake, which does by a later visit', async () => {
    await stopped();
    const awake = await alice.live(request('Awake'));
    await bob.sees(awake.link, 'there was room');
    const { dashboards } = (
      await alice.call<{ dashboards: { id: string; name: string; link: string }[] }>('GET', 'dashboards')
    ).body;
    const { id, link } = dashboards.find(({ name }) => name === 'First')!;
    await eventually(async () => {
      await bob.open(link);
      return (await alice.dashboard(id)).problem;
    });
    expect((await alice.dashboard(id)).problem).toMatchObject(FULL);
    expect((await alice.open(link)).text).toContain(escaped(FULL.message));
    expect((await bob.open(link)).text).not.toContain(escaped(FULL.message));
    await stopped();
    await bob.sees(link, 'there was room');
  });
});

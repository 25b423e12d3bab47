import { eventually } from '../service/testing/test-service';
import { Author, page } from './author';
import { startTestHub, type TestHub } from './hub';

const START_SECONDS = 120;

/** What the Spawner says at the end of its wait. */
const BEGINS = /Only now dash-patience-\w+ begins to start/;

jest.setTimeout((START_SECONDS + 120) * 1_000);

let hub: TestHub;

beforeAll(async () => {
  hub = await startTestHub({
    users: ['alice', 'bob'],
    config: `
import asyncio

from jupyterhub.spawner import SimpleLocalProcessSpawner

class TwoMinuteSpawner(SimpleLocalProcessSpawner):
    async def start(self):
        await asyncio.sleep(${START_SECONDS})
        self.log.info("Only now %s begins to start", self.name)
        return await super().start()

c.JupyterHub.spawner_class = TwoMinuteSpawner
c.Spawner.start_timeout = 300
`
  });
});
afterAll(() => hub?.stop());

it('a server that takes two minutes to start is waited for, by its author and by whoever opens the link; another is cancelled', async () => {
  const [alice, bob] = await Promise.all([Author.of(hub, 'alice'), Author.of(hub, 'bob')]);
  alice.write('app/app.py', page('here at last'));
  const request = alice.request('Patience', 'app', 'app.py', { audience: { kind: 'everyone' } });
  const { id, link, build } = await alice.publish(request);
  const unwanted = await alice.publish(alice.request('Second thoughts', 'app', 'app.py'));
  for (const waiting of [build, unwanted.build]) {
    await eventually(async () => (await alice.build(waiting?.id ?? '')).state === 'server', 30_000);
  }
  expect((await bob.open(link)).text).toContain('Waiting for the Spawner to start its server');
  const cancelled = await alice.call('POST', `builds/${unwanted.build?.id}/cancel`);
  expect(cancelled).toMatchObject({ status: 200, body: { state: 'cancelled' } });

  // The Hub answers the request for the start after 10 s, with 202; nobody gives up for that.
  expect(hub.log()).not.toMatch(BEGINS);
  const live = await eventually(
    async () => {
      const dashboard = await alice.dashboard(id);
      return !['building', 'starting'].includes(dashboard.state) && dashboard;
    },
    (START_SECONDS + 60) * 1_000
  );
  expect(live).toMatchObject({ state: 'running', liveVersion: 1, problem: null });
  expect(hub.log()).toMatch(BEGINS);
  await bob.sees(link, 'here at last');

  // The Hub lets nobody stop a server that is on its way: what nobody wants is stopped as soon as it has come.
  await eventually(async () => (await alice.servers()).length === 1, 60_000);
  expect((await alice.dashboard(unwanted.id)).state).toBe('cancelled');
});

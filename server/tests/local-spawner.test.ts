import { userInfo } from 'node:os';

import { eventually } from '../service/testing/test-service';
import { Author, page } from './author';
import { startTestHub, type TestHub } from './hub';
import { hasRow, leftovers, NOTHING } from './leftovers';

/** The Hub's own Spawner starts servers as users of the machine: here the one who runs the tests. */
const OWNER = userInfo().username;

let hub: TestHub;

beforeAll(async () => {
  hub = await startTestHub({
    users: [OWNER, 'bob'],
    config: `
from jupyterhub.spawner import LocalProcessSpawner

class InATestsHome(LocalProcessSpawner):
    """The real one, but for the home: tests write to none."""

    def user_env(self, env):
        data = os.path.dirname(os.path.abspath(__file__))
        return {**super().user_env(env), "HOME": os.path.join(data, "home", self.user.name)}

c.JupyterHub.spawner_class = InATestsHome
`
  });
}, 90_000);
afterAll(() => hub?.stop());

it("with JupyterHub's own Spawner a dashboard is published, seen, stopped, woken and deleted", async () => {
  const [owner, bob] = await Promise.all([Author.of(hub, OWNER), Author.of(hub, 'bob')]);
  owner.write('app/app.py', page('on this machine'));
  const request = owner.request('Local', 'app', 'app.py', { audience: { kind: 'everyone' } });
  const { id, link } = await owner.live(request);
  await bob.sees(link, 'on this machine');

  const [server = ''] = await owner.servers();
  await hub.api('DELETE', `users/${OWNER}/servers/${server}`);
  await bob.sees(link, 'on this machine');

  expect((await owner.call('DELETE', `dashboards/${id}`)).status).toBe(204);
  expect((await bob.open(link)).status).toBe(404);
  await eventually(() => !hasRow(hub, id), 30_000);
  expect(leftovers(owner.home, id)).toEqual(NOTHING);
  expect(await owner.servers({ stopped: true })).toEqual([]);
});

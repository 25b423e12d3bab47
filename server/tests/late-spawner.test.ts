import { eventually } from '../service/testing/test-service';
import { Author, page } from './author';
import { gateOf } from './gate';
import { startTestHub, type TestHub } from './hub';
import { onlyProcess } from './service-process';

/** A real Spawner that sees the end of a server late, as that of a pod is: once there is a file `gate` in the user's home. */
const LATE_SPAWNER = `
import pathlib

from jupyterhub.spawner import SimpleLocalProcessSpawner

class LateSpawner(SimpleLocalProcessSpawner):
    async def poll(self):
        status = await super().poll()
        return status if pathlib.Path(self.home_dir, "gate").exists() else None

c.JupyterHub.spawner_class = LateSpawner
`;

const RUNNER = /runner\.js/;

jest.setTimeout(90_000);

let hub: TestHub;
let alice: Author;

beforeAll(async () => {
  hub = await startTestHub({ users: ['alice'], config: LATE_SPAWNER });
  alice = await Author.of(hub, 'alice');
});
afterAll(() => hub?.stop());

it('a server that was killed is followed by another as soon as the Hub sees its end, and nobody has it stopped', async () => {
  alice.write('app/app.py', page('there again'));
  const gate = gateOf(alice);
  const { link } = await alice.live(alice.request('Killed', 'app', 'app.py'));
  await alice.sees(link, 'there again');
  const [server = ''] = await alice.servers();
  const runner = await onlyProcess(hub, RUNNER);
  const log = () =>
    hub
      .log()
      .split('\n')
      .filter(line => line.includes(`/hub/api/users/alice/servers/${server}`));
  const before = log().length;
  process.kill(runner, 'SIGKILL');
  // The Hub takes it for one that runs.
  await eventually(async () => {
    await alice.open(link);
    return (
      log()
        .slice(before)
        .filter(line => line.includes(' 400 POST ')).length > 1
    );
  });
  gate.letGo();
  await alice.sees(link, 'there again');
  expect(await onlyProcess(hub, RUNNER)).not.toBe(runner);
  expect(log().filter(line => line.includes(' DELETE '))).toEqual([]);
});

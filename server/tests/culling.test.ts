import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Dashboard } from '../contract';
import { readable } from '../service/testing/page-text';
import { eventually } from '../service/testing/test-service';
import { Author } from './author';
import { CULLER, whileCulling } from './culler';
import { follow, streamingApp, type Follower } from './follower';
import { startTestHub, type TestHub } from './hub';
import { writtenConnections } from './leftovers';
import { Visitor } from './visitor';

/** Seconds without activity after which servers are stopped. */
const TIMEOUT = 5;
/** Seconds after which they are stopped all the same. */
const MAX_AGE = 5;
/** So long that nothing of this test is older. */
const NEVER = 3_600;

jest.setTimeout(120_000);

let hub: TestHub;
let alice: Author, bob: Author, dana: Author;

beforeAll(async () => {
  hub = await startTestHub({
    users: ['alice', 'bob', 'dana'],
    config: `
${CULLER}
# Nobody but the servers themselves tells the Hub within this time that they are used, as with other proxies.
c.JupyterHub.last_activity_interval = ${NEVER}
c.Spawner.environment = {"JUPYTERHUB_ACTIVITY_INTERVAL": "1"}
c.Spawner.consecutive_failure_limit = 5
c.JupyterHub.shutdown_on_logout = True
`
  });
  [alice, bob, dana] = await Promise.all([Author.of(hub, 'alice'), Author.of(hub, 'bob'), Author.of(hub, 'dana')]);
}, 90_000);
afterAll(() => hub?.stop());

async function shared(author: Author, name: string): Promise<Dashboard> {
  author.write(`${name}/app.py`, streamingApp(name));
  return author.live(author.request(name, name, 'app.py', { audience: { kind: 'everyone' } }));
}

/** Bob has it open, and reads along, which the service knows. */
async function followed({ id, link, name }: Dashboard): Promise<Follower> {
  const { url } = await bob.sees(link, name);
  const tab = await follow(bob.visitor, new URL('stream', url).href);
  await eventually(() => writtenConnections(hub, id) > 0);
  return tab;
}

interface HubServer {
  started: string;
  last_activity: string;
}

/** What the Hub knows of a dashboard's server while it is active. */
async function serverOf({ owner, id }: Dashboard): Promise<HubServer | undefined> {
  const { body } = await hub.api('GET', `users/${owner}`);
  const servers = Object.entries((body as { servers: Record<string, HubServer> }).servers);
  return servers.find(([name]) => name.endsWith(id.slice(0, 8)))?.[1];
}

const isAsleep = async ({ id }: Dashboard) => (await alice.dashboard(id)).state === 'asleep';

it('`timeout`: what somebody has open goes on, whatever else they do; the others sleep, and a visit wakes them', async () => {
  const [watched, unwatched] = [await shared(alice, 'Watched'), await shared(alice, 'Unwatched')];
  const tab = await followed(watched);
  const begun = Date.now();
  const { started } = (await serverOf(watched))!;
  await whileCulling(hub, [`--timeout=${TIMEOUT}`], async () => {
    await eventually(() => isAsleep(unwatched));
    expect(await serverOf(unwatched)).toBeUndefined();
    // Long after he has asked for anything the last time.
    await eventually(async () => {
      const { last_activity } = (await serverOf(watched))!;
      return Date.parse(last_activity) > begun + 2 * TIMEOUT * 1_000;
    });
    expect((await serverOf(watched))?.started).toBe(started);
    expect((await alice.dashboard(watched.id)).state).toBe('running');
    tab.leave();
    await eventually(() => isAsleep(watched));
  });
  await Promise.all([bob.sees(watched.link, 'Watched'), bob.sees(unwatched.link, 'Unwatched')]);
});

it('`maxAge`: what is stopped while somebody has it open starts again by itself; the others sleep', async () => {
  const [watched, unwatched] = [await shared(alice, 'Old'), await shared(alice, 'Older')];
  const { url } = await bob.sees(watched.link, 'Old');
  const tab = await followed(watched);
  const before = (await serverOf(watched))!.started;
  await whileCulling(hub, [`--timeout=${NEVER}`, `--max-age=${MAX_AGE}`], () =>
    eventually(async () => {
      const after = (await serverOf(watched))?.started;
      return after && after !== before && (await isAsleep(unwatched));
    })
  );
  tab.leave();
  // What he has open leads to it again.
  await bob.sees(url, 'Old');
  expect((await alice.dashboard(watched.id)).problem).toBeNull();
  await bob.sees(unwatched.link, 'Older');
});

it('`removeNamedServers`: a dashboard whose server is gone from the Hub comes back with all versions', async () => {
  const { id, link, name } = await shared(alice, 'Removed');
  alice.write('Removed/app.py', streamingApp('second'));
  expect((await alice.ended((await alice.update(id, {})).id)).state).toBe('live');
  const [server = ''] = (await alice.servers()).filter(one => one.endsWith(id.slice(0, 8)));
  await whileCulling(hub, [`--timeout=${TIMEOUT}`, '--remove-named-servers=true'], () =>
    eventually(async () => !(await alice.servers({ stopped: true })).includes(server))
  );
  await bob.sees(link, 'second');
  expect(await alice.servers()).toContain(server);
  expect(await alice.versions(id)).toEqual(['2 ready, live', '1 ready']);
  await alice.call('POST', `dashboards/${id}/live`, { version: 1 });
  await bob.sees(link, name);
});

it('`users`: a dashboard outlives the account of its owner, and says so; it starts for no later user of that name', async () => {
  const { id, link } = await shared(dana, 'Orphan');
  // The others are there.
  const soon = new Date(Date.now() + 50 * 60_000).toISOString();
  await Promise.all(['alice', 'bob'].map(name => hub.api('POST', `users/${name}/activity`, { last_activity: soon })));
  await whileCulling(hub, [`--timeout=${TIMEOUT}`, '--cull-users=true'], () =>
    eventually(async () => (await hub.api('GET', 'users/dana')).status === 404)
  );
  await eventually(async () => readable((await bob.open(link)).text).includes('Its owner, dana, can see why.'));
  // SQLite gives the number of the last account that was made to the next one.
  await hub.api('POST', 'users/nina');
  await hub.api('POST', 'users/dana');
  const again = new Visitor();
  await again.openAs('dana', `${hub.url}hub/home`);
  const later = await Author.of(hub, 'dana');
  const { problem } = await later.dashboard(id);
  expect(problem).toMatchObject({ code: 'server_failed', message: 'dana is no longer a user of this hub.' });
  // What has failed is tried again a while later.
  await eventually(async () => {
    const { text } = await again.openAs('dana', link);
    return readable(text).includes('This dashboard belongs to an earlier user of the same name.');
  });
  expect((await later.dashboard(id)).problem).toMatchObject({ fix: 'Ask the administrator to delete it.' });
  await eventually(async () => (await later.servers()).length === 0);
});

it('`shutdown_on_logout`: what somebody looks at is back at once after its author has left, the others sleep', async () => {
  const [watched, unwatched] = [await shared(alice, 'Stays'), await shared(alice, 'Sleeps')];
  const tab = await followed(watched);
  const { started } = (await serverOf(watched))!;
  await alice.open(`${hub.url}hub/home`);
  await alice.visitor.open(`${hub.url}hub/logout`);
  expect(await serverOf(unwatched)).toBeUndefined();
  await eventually(async () => {
    const after = (await serverOf(watched))?.started;
    return after && after !== started && (await alice.dashboard(watched.id)).state === 'running';
  });
  tab.leave();
  await bob.sees(watched.link, 'Stays');
  await eventually(() => isAsleep(unwatched));
  await bob.sees(unwatched.link, 'Sleeps');
});

it('`consecutiveFailureLimit`: apps that fail are no starts that fail', async () => {
  alice.write('broken/app.py', 'raise SystemExit("no data")');
  const { id, build } = await alice.publish(alice.request('Broken', 'broken', 'app.py'));
  const ends = [await alice.ended(build!.id)];
  while (ends.length < 6) {
    ends.push(await alice.ended((await alice.update(id, {})).id));
  }
  expect(ends.map(({ state, problem }) => `${state} ${problem?.code}`)).toEqual(Array(6).fill('failed app_exited'));
  const log = readFileSync(join(hub.folder, 'hub.log'), 'utf8');
  expect(log).not.toContain('consecutive spawn');
  expect((await hub.api('GET', 'users/alice')).status).toBe(200);
});

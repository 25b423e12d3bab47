import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { SMALL_APPS } from '../runner/testing/small-apps';
import { eventually } from '../service/testing/test-service';
import { Author, page } from './author';
import { startTestHub, type TestHub } from './hub';
import { ended, HUB, restarter } from './hub-process';
import { NO_ORPHANS, orphanRows, processesOf } from './leftovers';
import { KEEPER, onlyProcess, paused, SERVICE, serviceAnswers } from './service-process';

jest.setTimeout(120_000);

let hub: TestHub;
let alice: Author;
/** A Hub that was started again after the first one was killed. */
let revived: ChildProcess | null = null;

beforeAll(async () => {
  hub = await startTestHub({
    users: ['alice'],
    config: `
# The Hub looks every 30 s whether its services still run, which nobody can configure.
from jupyterhub.services.service import _ServiceSpawner
look = _ServiceSpawner.start_polling
_ServiceSpawner.start_polling = lambda self: (setattr(self, "poll_interval", 2), look(self))
`
  });
  alice = await Author.of(hub, 'alice');
}, 90_000);
afterAll(async () => {
  if (revived) {
    await ended(revived);
  }
  await hub?.stop();
});

/** A dashboard that answers with its process number, open in alice's browser. */
async function opened(
  name: string
): Promise<{ id: string; link: string; address: string; pid: () => Promise<number> }> {
  alice.write(`${name}/app.py`, SMALL_APPS.telling);
  const { id, link } = await alice.live(alice.request(name, name, 'app.py'));
  const { url } = await alice.sees(link, '"pid"');
  const pid = async () => (JSON.parse((await alice.open(url)).text) as { pid: number }).pid;
  return { id, link, address: url, pid };
}

it('a service that is killed is missed by nobody who has a dashboard open, is named to others, and comes back', async () => {
  const { id, link, pid } = await opened('open');
  const before = await pid();
  const service = await onlyProcess(hub, SERVICE);
  // Nobody starts it again meanwhile.
  await paused(await onlyProcess(hub, KEEPER), async () => {
    process.kill(service, 'SIGKILL');
    const refused = await alice.call('GET', 'dashboards');
    expect(refused.status).toBe(503);
    expect((await alice.open(link)).text).toMatch(/Service Unavailable/i);
    expect(await pid()).toBe(before);
  });

  await serviceAnswers(hub);
  expect(await onlyProcess(hub, SERVICE)).not.toBe(service);
  await eventually(async () => (await alice.dashboard(id)).state === 'running', 30_000);
  expect(await pid()).toBe(before);
  await alice.sees(link, `"pid": ${before}`);
});

describe('a start while the service is away, for which the Hub has what it was told at an earlier one', () => {
  const write = (text: string) =>
    alice.write('away/app.py', SMALL_APPS.telling.replace('{"pid"', `{"text": "${text}", "pid"`));
  const stored = (id: string, n: number) =>
    readFileSync(join(alice.home, '.dashboards', id, 'versions', String(n), 'files', 'app.py'), 'utf8');
  let id: string;
  let link: string;
  let server: string;

  async function stop(): Promise<void> {
    await hub.api('DELETE', `users/alice/servers/${server}`);
    await eventually(async () => !(await alice.servers()).includes(server));
  }

  /** When the Hub has started it, once it is ready. */
  const startedAt = () =>
    eventually(async () => {
      const { servers } = (await hub.api('GET', 'users/alice')).body as {
        servers: Record<string, { ready: boolean; started: string }>;
      };
      const found = servers[server];
      return found?.ready && found.started;
    }, 60_000);

  async function startWhileAway(): Promise<void> {
    await paused(await onlyProcess(hub, KEEPER), async () => {
      process.kill(await onlyProcess(hub, SERVICE), 'SIGKILL');
      await hub.api('POST', `users/alice/servers/${server}`);
      await startedAt();
    });
    await serviceAnswers(hub);
  }

  beforeAll(async () => {
    write('first');
    ({ id, link } = await alice.live(alice.request('away', 'away', 'app.py')));
    [server = ''] = (await alice.servers()).filter(name => name.startsWith('dash-away'));
    // A visit wakes it: nothing was to be built at that start.
    await stop();
    await alice.sees(link, '"first"');
  });

  it('removes no version that has come since', async () => {
    write('second');
    expect(await alice.ended((await alice.update(id, {})).id)).toMatchObject({ state: 'live' });
    await stop();
    await startWhileAway();
    await alice.sees(link, '"second"');
    expect(await alice.versions(id)).toEqual(['2 ready, live', '1 ready']);
    expect(stored(id, 2)).toContain('"second"');
  });

  it('builds nothing again, of files that have changed since', async () => {
    await stop();
    write('third');
    // The start of a server that is there for a build.
    expect(await alice.ended((await alice.update(id, {})).id)).toMatchObject({ state: 'live' });
    write('never published');
    await stop();
    await startWhileAway();
    await alice.sees(link, '"third"');
    expect(await alice.versions(id)).toEqual(['3 ready, live', '2 ready', '1 ready']);
    expect([1, 2, 3].map(n => /"text": "(.*?)"/.exec(stored(id, n))?.[1])).toEqual(['first', 'second', 'third']);
  });

  it('is not taken for an old one by a service that only hung, and answers the Hub too late', async () => {
    await stop();
    const before = await paused(await onlyProcess(hub, SERVICE), async () => {
      await hub.api('POST', `users/alice/servers/${server}`);
      return startedAt();
    });
    await alice.sees(link, '"third"');
    expect(await alice.dashboard(id)).toMatchObject({ state: 'running', problem: null });
    expect(await startedAt()).toBe(before);
  });
});

it('a service that hangs is missed by nobody who has a dashboard open, and goes on where it was', async () => {
  const { id, pid } = await opened('hanging');
  const before = await pid();
  await paused(await onlyProcess(hub, SERVICE), async () => {
    const asked = fetch(`${hub.serviceUrl}api/v1/health`, { signal: AbortSignal.timeout(2_000) });
    await expect(asked).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(await pid()).toBe(before);
  });
  await serviceAnswers(hub);
  const build = await alice.update(id, {});
  expect((await alice.ended(build.id)).state).toBe('live');
});

it('a Hub that hangs during a publish is waited for', async () => {
  const { pid } = await opened('waited');
  const before = await pid();
  alice.write('patient/app.py', page('patient'));
  // So that the service knows the caller already.
  await alice.call('GET', 'whoami');
  let id = '';
  await paused(await onlyProcess(hub, HUB), async () => {
    const published = await alice.publish(alice.request('Patient', 'patient', 'app.py'));
    id = published.build?.id ?? '';
    await eventually(async () => (await alice.build(id)).state === 'server', 30_000);
    expect(await pid()).toBe(before);
  });
  expect(await alice.ended(id)).toMatchObject({ state: 'live', problem: null });
});

it('a Hub that does not answer is named to whoever is not known yet, and nothing is made', async () => {
  const stranger = await Author.of(hub, 'alice');
  await paused(await onlyProcess(hub, HUB), async () => {
    expect(await stranger.refused('POST', 'dashboards', alice.request('Nothing', 'patient', 'app.py'))).toEqual({
      status: 503,
      code: 'hub_unavailable',
      message: 'JupyterHub does not answer at the moment.',
      fix: expect.stringMatching(/^Try again in a minute/) as string
    });
  });
  const { body } = await stranger.call<{ dashboards: { name: string }[] }>('GET', 'dashboards');
  expect(body.dashboards.map(({ name }) => name)).not.toContain('Nothing');
});

it('a Hub that is killed takes its service with it; the next one finds dashboards as they were', async () => {
  const { id, link, pid } = await opened('outliving');
  const before = await pid();
  const killed = await onlyProcess(hub, HUB);
  const again = restarter(hub, killed);
  process.kill(killed, 'SIGKILL');
  await eventually(() => processesOf(hub, SERVICE).length === 0, 10_000);
  expect((await alice.call('GET', 'dashboards')).status).toBe(503);
  expect(await pid()).toBe(before);

  revived = again();
  await serviceAnswers(hub);
  await eventually(async () => (await alice.dashboard(id)).state === 'running', 60_000);
  expect(await pid()).toBe(before);
  await alice.sees(link, `"pid": ${before}`);
  const build = await alice.update(id, {});
  expect((await alice.ended(build.id)).state).toBe('live');
  expect(orphanRows(hub)).toEqual(NO_ORPHANS);
});

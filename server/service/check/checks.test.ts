import { dirname } from 'node:path';

import type { CheckRemoval, CheckReply, CheckVolumes, ErrorReply, StartReply } from '../../contract';
import { systemClock } from '../../runner/clock';
import { PushTickets } from '../../runner/storage/relay/push-ticket';
import { addUser, API_TOKEN } from '../testing/fake-hub';
import { MemoryVolumes } from '../testing/memory-volumes';
import { eventually, startTestService, type TestService } from '../testing/test-service';

let test: TestService;
let root: string;

beforeEach(async () => {
  test = await startTestService({
    dashboardsOrigin: 'https://{owner}.dash.example.org',
    publishablePaths: ['projects', '/srv/shared'],
    relayUrl: 'http://proxy-public'
  });
  root = addUser(test.hub, 'root', { admin: true });
  test.hub.tokens.set(API_TOKEN, {
    kind: 'service',
    name: 'dashboards',
    scopes: ['servers', 'list:users', 'read:users:name', 'read:groups']
  });
});
afterEach(() => test.stop());

const begin = (token = root, options: Record<string, unknown> = {}) =>
  test.call<CheckReply & ErrorReply>(token, 'POST', 'api/v1/checks', { options });

describe('a check', () => {
  it('is for administrators', async () => {
    const { status, body } = await begin(addUser(test.hub, 'alice'));
    expect([status, body.error.code]).toEqual([403, 'not_allowed']);
  });

  it('says what the service sees, and starts under a name of its own', async () => {
    const { status, body } = await begin();
    expect(status).toBe(201);
    expect(body).toMatchObject({
      serverName: expect.stringMatching(/^dash-check-[a-z2-7]{8}$/) as string,
      dashboardsOrigin: 'https://root.dash.example.org',
      rights: null,
      database: test.config.database,
      databaseFree: expect.any(Number) as number
    });
    expect(dirname(body.database)).not.toBe('');
    const specification = await test.hook('root', body.serverName);
    expect(specification.check).toEqual({
      key: body.key,
      frameworks: test.config.frameworks,
      push: {
        buildId: 'check',
        ticket: expect.any(String) as string,
        relayUrl: 'http://proxy-public',
        ownDomains: false
      }
    });
    const rules = { ticketKey: specification.ticketKey, dashboardId: 'check', startId: specification.startId };
    const { ticket = '' } = specification.check?.push ?? {};
    expect(new PushTickets(rules, systemClock).judge(ticket)).toMatchObject({ buildId: 'check' });
    expect(specification.strategies).toEqual(test.config.strategies);
    expect(specification.publishablePaths).toEqual(['projects', '/srv/shared']);
  });

  it('names the options that the service does not run with, and tells none', async () => {
    const { keepVersions, frameworks, hookKey } = test.config;
    const same = { keepVersions, frameworks: [...frameworks] };
    expect((await begin(root, same)).body.otherOptions).toEqual([]);
    const { body } = await begin(root, { keepVersions: keepVersions + 1, frameworks: [], newer: true });
    expect(body.otherOptions).toEqual(['keepVersions', 'frameworks', 'newer']);
    expect(JSON.stringify(body)).not.toContain(hookKey);
  });

  it('names the rights that the service lacks', async () => {
    test.hub.tokens.set(API_TOKEN, { kind: 'service', name: 'dashboards', scopes: ['list:users'] });
    expect((await begin()).body.rights).toMatchObject({ code: 'scope_missing' });
  });

  it('starts nothing for others, under other names, or when it is over', async () => {
    const { serverName } = (await begin()).body;
    await expect(test.hook('alice', serverName)).rejects.toThrow('no dashboard');
    await expect(test.hook('root', 'dash-check-other')).rejects.toThrow('no dashboard');
    test.advance(16 * 60_000);
    await expect(test.hook('root', serverName)).rejects.toThrow('no dashboard');
  });

  it('is removed by the service, for the one who began it', async () => {
    const { serverName } = (await begin()).body;
    const remove = (token: string) =>
      test.call<CheckRemoval & ErrorReply>(token, 'DELETE', `api/v1/checks/${serverName}`);
    expect((await remove(addUser(test.hub, 'rita', { admin: true }))).status).toBe(404);
    expect((await remove(root)).body).toEqual({ problem: null });
    expect(test.hub.requests).toContain(`DELETE users/root/servers/${serverName}`);
    expect((await remove(root)).status).toBe(404);
  });
});

describe('the volumes of a check', () => {
  let volumes: MemoryVolumes;

  beforeEach(async () => {
    await test.stop();
    volumes = new MemoryVolumes();
    test = await startTestService({ strategies: ['clone', 'volume-snapshot', 'relay'] }, { volumesMs: 20 }, volumes);
    root = addUser(test.hub, 'root', { admin: true });
  });

  const ask = (serverName: string, token = root) =>
    test.call<CheckVolumes & ErrorReply>(token, 'POST', `api/v1/checks/${serverName}/volumes`, {
      folder: '/home/root/'
    });
  const remove = (serverName: string) => test.call<CheckRemoval>(root, 'DELETE', `api/v1/checks/${serverName}/volumes`);
  const done = (serverName: string) =>
    eventually(async () => {
      const { body } = await ask(serverName);
      return body.done && body;
    });
  const mountsOf = async (serverName: string) => {
    const reply: StartReply | null = test.service.context.checks.start({ userId: 1, userName: 'root', serverName });
    return reply?.kind === 'run' ? (reply.mounts ?? []) : null;
  };

  it('are made of what its first server has, in each way that the hub allows, and its second server has them', async () => {
    const { serverName, secondName, clones } = (await begin()).body;
    expect(clones).toBe(true);
    const found = await done(serverName);
    const made = { problem: null, seconds: expect.any(Number) as number, size: '10Gi' };
    expect(found).toMatchObject({
      rights: { namespace: 'jhub', missing: [] },
      claim: 'claim-root',
      problem: null,
      attempts: [
        { strategy: 'clone', folder: '/var/lib/jupyterhub-dashboards/1', ...made },
        { strategy: 'volume-snapshot', folder: '/var/lib/jupyterhub-dashboards/2', ...made }
      ]
    });
    expect(volumes.located).toEqual([['root', serverName, '/home/root/']]);
    const { sweeps } = volumes;
    await eventually(() => volumes.sweeps > sweeps + 1);
    expect(volumes.made.size).toBe(2);
    expect(await mountsOf(serverName)).toEqual([]);
    expect(await mountsOf(secondName)).toMatchObject([
      { version: 1, path: '/var/lib/jupyterhub-dashboards/1' },
      { version: 2, path: '/var/lib/jupyterhub-dashboards/2' }
    ]);
    expect((await remove(serverName)).body).toEqual({ problem: null });
    expect(volumes.made.size).toBe(0);
  });

  it('are said to be impossible with the reason, and the next way is tried', async () => {
    volumes.unsupported = ['clone'];
    volumes.missing = [{ verb: 'list', group: '', resource: 'events' }];
    const { serverName, secondName } = (await begin()).body;
    expect(await done(serverName)).toMatchObject({
      rights: { missing: volumes.missing },
      attempts: [{ problem: { code: 'clone_unsupported' } }, { problem: null }]
    });
    expect(await mountsOf(secondName)).toMatchObject([{ version: 2 }]);
  });

  it('are not made where the server is not found, and that is said', async () => {
    volumes.running = false;
    const { serverName } = (await begin()).body;
    expect(await done(serverName)).toMatchObject({ problem: { code: 'source_not_running' }, attempts: [] });
  });

  it('are called off in the middle, and gone', async () => {
    volumes.held = true;
    const { serverName } = (await begin()).body;
    await eventually(async () => (await ask(serverName)).body.doing === 'Cloning the volume claim-root');
    expect((await remove(serverName)).body).toEqual({ problem: null });
    expect(volumes.made.size).toBe(0);
  });

  it('are for the one who began it', async () => {
    const { serverName } = (await begin()).body;
    expect((await ask(serverName, addUser(test.hub, 'rita', { admin: true }))).status).toBe(404);
    expect((await ask(serverName, addUser(test.hub, 'alice'))).status).toBe(403);
  });

  it('are removed once nobody asks for them any more, and while somebody does, the check goes on', async () => {
    const { serverName } = (await begin()).body;
    await done(serverName);
    test.advance(14 * 60_000);
    await ask(serverName);
    test.advance(14 * 60_000);
    expect((await ask(serverName)).status).toBe(200);
    expect(volumes.made.size).toBe(2);
    test.advance(16 * 60_000);
    await eventually(() => volumes.made.size === 0);
    expect((await ask(serverName)).status).toBe(404);
  });
});

it('a hub that clones no volumes has none to try', async () => {
  const { serverName, clones } = (await begin()).body;
  expect(clones).toBe(false);
  const { status } = await test.call(root, 'POST', `api/v1/checks/${serverName}/volumes`, { folder: '/home/root/' });
  expect(status).toBe(404);
});

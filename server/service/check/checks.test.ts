import { dirname } from 'node:path';

import type { CheckRemoval, CheckReply, ErrorReply } from '../../contract';
import { systemClock } from '../../runner/clock';
import { PushTickets } from '../../runner/storage/relay/push-ticket';
import { addUser, API_TOKEN } from '../testing/fake-hub';
import { startTestService, type TestService } from '../testing/test-service';

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

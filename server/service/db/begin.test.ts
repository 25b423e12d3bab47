import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { addUser } from '../testing/fake-hub';
import { startTestService, type TestService } from '../testing/test-service';

let test: TestService;

beforeEach(async () => {
  test = await startTestService();
  addUser(test.hub, 'alice');
  addUser(test.hub, 'bob');
  await test.service.stop();
});
afterEach(() => test.stop());

/** As where the disk is not mounted: the folder is there and nothing lies in it. */
function loseFolder(): string {
  const folder = dirname(test.config.database);
  readdirSync(folder).forEach(name => rmSync(`${folder}/${name}`));
  return test.config.database;
}

const stopped = { ready: false, pending: null };
const anyDashboards = async () =>
  (await test.call<{ dashboards: object[] }>('alice-token', 'GET', 'api/v1/dashboards')).body.dashboards;

describe('where there is nothing of a database', () => {
  it.each([
    ['runs', 'servers', 200],
    ['does not run', 'stopped', 200],
    ['is on a later page', 'stopped', 1]
  ] as const)('none is made when the Hub knows a server of a dashboard that %s', async (_what, place, pageLimit) => {
    const file = loseFolder();
    test.hub.pageLimit = pageLimit;
    test.hub.users.get('bob')?.[place]?.set('dash-sales-abcdefgh', { ...stopped, user_options: { dashboard: 'd1' } });
    const start = test.restart();
    await expect(start).rejects.toThrow(/and its key are gone, .* the Hub knows the server bob\/dash-sales-abcdefgh\./);
    await expect(start).rejects.toThrow(
      /its disk is mounted, and restore both files .* an empty file in the place of .*\.sqlite\./
    );
    expect(existsSync(file) || existsSync(`${file}.key`)).toBe(false);
  });

  it('one is made when the Hub knows of no dashboard: of servers that others have named so, and of none', async () => {
    loseFolder();
    const alice = test.hub.users.get('alice');
    alice?.stopped?.set('dash-board', stopped);
    alice?.stopped?.set('dash-other', { ...stopped, user_options: { profile: 'large' } });
    alice?.stopped?.set('mine', { ...stopped, user_options: { dashboard: 'd1' } });
    await test.restart();
    expect(await anyDashboards()).toEqual([]);
  });

  it('one is made for whoever makes an empty file', async () => {
    const file = loseFolder();
    test.hub.users.get('alice')?.stopped?.set('dash-a-abcdefgh', { ...stopped, user_options: { dashboard: 'd1' } });
    writeFileSync(file, '');
    await test.restart();
    expect(await anyDashboards()).toEqual([]);
  });

  it('none is made while the Hub cannot be asked', async () => {
    const file = loseFolder();
    test.hub.broken = 503;
    await expect(test.restart()).rejects.toThrow(/could not be asked whether there were dashboards before/);
    expect(existsSync(file)).toBe(false);
    test.hub.broken = null;
    await test.restart();
    expect(await anyDashboards()).toEqual([]);
  });

  it('one is made where the Hub does not let the service ask: its log says which rights are missing', async () => {
    loseFolder();
    test.hub.broken = 403;
    await test.restart();
    test.hub.broken = null;
    expect(await anyDashboards()).toEqual([]);
  });
});

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

import { DatabaseSync } from 'node:sqlite';

import { addUser } from '../testing/fake-hub';
import { eventually, PUBLISH, startTestService, type TestService } from '../testing/test-service';

let test: TestService;

beforeEach(async () => {
  test = await startTestService();
  await test.call(addUser(test.hub, 'alice'), 'POST', 'api/v1/dashboards', PUBLISH);
  await eventually(() => (test.hub.users.get('alice')?.servers.size ?? 0) > 0);
  await test.service.stop();
});
afterEach(() => test.stop());

function remove(): string {
  for (const file of [test.config.database, `${test.config.database}-wal`, `${test.config.database}-shm`]) {
    rmSync(file, { force: true });
  }
  return test.config.database;
}

describe('a database that was lost', () => {
  it.each<[string, (file: string) => void]>([
    ['gone', () => undefined],
    ['empty', file => writeFileSync(file, '')],
    [
      'another one',
      file => {
        const other = new DatabaseSync(file);
        other.exec('create table other (a)');
        other.close();
      }
    ]
  ])('(%s) stops the service with both ways out, and is never silently begun anew', async (_what, replace) => {
    const keys = readFileSync(`${test.config.database}.key`, 'utf8');
    const file = remove();
    replace(file);
    const before = existsSync(file) && readFileSync(file);
    const start = test.restart();
    await expect(start).rejects.toThrow(/is gone or empty, but it was used before: .*\.key is still there/);
    await expect(start).rejects.toThrow(
      /restore the database from a backup\. Or, to begin anew .* an empty file in its place and remove .*\.key/s
    );
    expect(existsSync(file) && readFileSync(file).length > 0).toBe(before && before.length > 0);
    expect(readFileSync(`${test.config.database}.key`, 'utf8')).toBe(keys);
  });

  it('is begun anew by whoever removes the key file as well and leaves an empty one for it', async () => {
    const file = remove();
    rmSync(`${file}.key`);
    await expect(test.restart()).rejects.toThrow(/the Hub knows the server alice\/dash-sales-/);
    writeFileSync(file, '');
    await test.restart();
    const { body } = await test.call<{ dashboards: object[] }>('alice-token', 'GET', 'api/v1/dashboards');
    expect(body.dashboards).toEqual([]);
  });
});

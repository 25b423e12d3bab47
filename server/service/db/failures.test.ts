import { mkdtempSync, openSync, closeSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { dashboardRecordOf } from '../testing/records';
import { createDashboardStore } from './dashboard-store';
import { databaseFailure } from './failures';
import { openDatabase } from './open';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dashboards-failures-'));
  file = join(folder, 'a.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

function failureOf(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('it worked');
}

describe('a database that fails while the service runs', () => {
  it('is named in a sentence when nothing can be written to it', async () => {
    await (await openDatabase(file)).destroy();
    const db = new DatabaseSync(file, { readOnly: true });
    const error = failureOf(() => db.exec('delete from dashboards'));
    db.close();
    expect(databaseFailure(error)).toMatchObject({
      code: 'service_unavailable',
      status: 503,
      message: expect.stringContaining('cannot use its database') as string,
      fix: expect.stringContaining('the right to write the file') as string
    });
  });

  it('is named when its disk is full', async () => {
    await (await openDatabase(file)).destroy();
    const db = new DatabaseSync(file);
    db.exec('pragma max_page_count = 1');
    const error = failureOf(() => db.exec(`create table big as select zeroblob(1000000) as content`));
    db.close();
    expect(databaseFailure(error)?.fix).toContain('The disk is full');
  });

  it.each([
    ['cannot be written', 8, true],
    ['is full', 13, true],
    ['is held by somebody else', 5, true],
    ['cannot be read', 10, false],
    ['is damaged', 11, false],
    ['is no database', 26, false]
  ])('that %s says that open dashboards go on only where they do', (_what, errcode, goOn) => {
    const failure = databaseFailure(Object.assign(new Error('x'), { code: 'ERR_SQLITE_ERROR', errcode }));
    expect(failure?.message.endsWith('Dashboards that are open go on.')).toBe(goOn);
  });

  it('is not blamed for mistakes in statements, nor for anything else', () => {
    const db = new DatabaseSync(':memory:');
    const error = failureOf(() => db.exec('select nonsense'));
    db.close();
    expect([error, new Error('other'), null, 'text'].map(databaseFailure)).toEqual([null, null, null, null]);
  });
});

describe('a database that is damaged', () => {
  it('is found out at the start, with what to do', async () => {
    const db = await openDatabase(file);
    const store = createDashboardStore(db);
    for (let n = 0; n < 100; n++) {
      const { dashboard, nameKey, version, build } = dashboardRecordOf(`d${n}`, { description: 'x'.repeat(2_000) });
      await store.create(dashboard, nameKey, version, build);
    }
    await db.destroy();
    const descriptor = openSync(file, 'r+');
    for (let page = 5; page < 60; page++) {
      writeSync(descriptor, Buffer.alloc(2_000, 0xa5), 0, 2_000, page * 4_096);
    }
    closeSync(descriptor);
    await expect(openDatabase(file)).rejects.toThrow(
      /cannot be opened \(.*(damaged|malformed).*\)\. Restore it from a backup/s
    );
  });
});

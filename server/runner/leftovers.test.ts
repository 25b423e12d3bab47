import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { EngineBench } from './testing/engine-bench';
import { lookUntil } from './testing/look-until';

/** Takes longer to remove than anything else that a start does. */
const MANY = 20_000;

let bench: EngineBench;
let dashboard: string;

const nowhere = () => ({ root: path.join(bench.home, 'nowhere'), entry: '.', scope: 'folder' as const });

beforeEach(async () => {
  bench = await EngineBench.create();
  dashboard = path.join(bench.home, '.dashboards', bench.dashboardId);
  // The first one has tidied before it builds; it would hold the lock of what the next one looks at.
  await bench.refused(1, nowhere());
  // Not a file, as git leaves it: that it cannot be removed is known at once.
  mkdirSync(path.join(dashboard, 'git', 'index.lock'), { recursive: true });
});
afterEach(() => bench.dispose());

it('no build begins before all leftovers have been looked after, though one of them cannot be removed', async () => {
  const left = path.join(dashboard, 'versions', '.tmp-7-abc');
  mkdirSync(left, { recursive: true });
  for (let n = 0; n < MANY; n++) {
    writeFileSync(path.join(left, String(n)), '');
  }
  await bench.restart();
  const problem = await bench.refused(2, nowhere());
  expect([problem.code, existsSync(left)]).toEqual(['file_missing', false]);
});

it('what one strategy cannot remove keeps no other from tidying, and is told', async () => {
  const old = path.join(dashboard, 'relay', 'incoming');
  mkdirSync(old, { recursive: true });
  utimesSync(old, 1, 1);
  await bench.restart();
  await lookUntil(() => !existsSync(old), 'the end of what is old');
  const told = await lookUntil(() => bench.engine.progress().lines.at(-1), 'what is told of it');
  expect(told).toBe('Not all that an earlier run has left could be removed (ERR_FS_EISDIR).');
});

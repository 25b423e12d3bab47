import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { EngineBench } from '../../testing/engine-bench';
import { lookUntil } from '../../testing/look-until';

const DAY_S = 86_400;

let bench: EngineBench;
let store: string;

beforeEach(async () => {
  bench = await EngineBench.create();
  store = path.join(bench.home, '.dashboards', bench.dashboardId, 'relay');
});
afterEach(() => bench.dispose());

/** A part of a push that ended so many days ago. */
function leave(name: string, days: number): string {
  const folder = path.join(store, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'a'.repeat(64)), 'half of it', { mode: 0o444 });
  const at = Date.now() / 1_000 - days * DAY_S;
  utimesSync(folder, at, at);
  return folder;
}

it('a runner that starts removes what pushes have left for more than a week, and keeps what may be gone on with', async () => {
  const [old, recent] = [leave('staging', 8), leave('incoming', 6)];
  writeFileSync(path.join(store, 'index'), 'what the next push compares with');
  utimesSync(path.join(store, 'index'), 1, 1);
  await bench.restart();
  await lookUntil(() => !existsSync(old), 'the end of what is old');
  expect([recent, path.join(store, 'index')].map(there => existsSync(there))).toEqual([true, true]);
});

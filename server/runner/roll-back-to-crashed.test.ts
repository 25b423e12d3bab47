import { rm } from 'node:fs/promises';
import path from 'node:path';

import type { RunnableVersion } from '../contract';
import { EngineBench } from './testing/engine-bench';
import { lookUntil } from './testing/look-until';
import { RUN, SMALL_APPS } from './testing/small-apps';

/** Listens only when it is let. */
const WAITING = `
import os, time
while os.path.exists(os.path.expanduser("~/gate")):
    time.sleep(0.02)
`;

let bench: EngineBench;
let first: RunnableVersion;

/** Two versions, of which the older one is still in use. */
async function publishBoth(): Promise<void> {
  const publish = async (n: number) =>
    bench.publish(n, await bench.source({ 'app.py': `${WAITING}${SMALL_APPS.telling}` }, 'app.py'), {
      command: RUN,
      framework: 'command'
    });
  first = await publish(1);
  bench.connections.set(1, 1);
  await publish(2);
}

beforeEach(async () => {
  bench = await EngineBench.create({ timing: { readyMs: 15_000, killMs: 500, drainQuietMs: 0, drainMs: 60_000 } });
  await publishBoth();
});
afterEach(() => bench.dispose());

/** The app of version 1 has crashed, and is started again, which takes as long as we like. */
async function crash(): Promise<void> {
  const { pid } = JSON.parse((await bench.get(1)).body) as { pid: number };
  await bench.project('.', { gate: '' });
  process.kill(pid, 'SIGKILL');
  await lookUntil(() => bench.engine.target(1) === null, 'the crash');
}
const letGo = () => rm(path.join(bench.home, 'gate'));

/** Does something once the roll back has come to its app. */
function atTheStart(act: () => void): void {
  bench.engine.subscribe(event => {
    if (event.kind === 'progress' && event.progress.stage === 'start') {
      setImmediate(act);
    }
  });
}

it('a roll back to a version whose app has just crashed ends when that answers again', async () => {
  await crash();
  atTheStart(() => void letGo());
  expect(await bench.activate(first)).toMatchObject({ ok: true });
  expect((await bench.get(1)).status).toBe(200);
});

it('a roll back that is cancelled while that app starts again ends at once, and the app goes on', async () => {
  await crash();
  atTheStart(() => bench.apply({ job: null }));
  expect(await bench.activate(first)).toMatchObject({ ok: false, problem: { code: 'cancelled' } });
  expect([bench.engine.live(), bench.engine.target(1)]).toEqual([2, null]);
  await letGo();
  await lookUntil(() => bench.engine.target(1), 'the app, which people work with');
});

it('a roll back to a version whose app does not come up again fails with its reason', async () => {
  await bench.dispose();
  bench = await EngineBench.create({ timing: { readyMs: 6_000, killMs: 500, drainQuietMs: 0, drainMs: 60_000 } });
  await publishBoth();
  await crash();
  expect(await bench.activate(first)).toMatchObject({ ok: false, problem: { code: 'port_never_opened' } });
  expect((await bench.get(2)).status).toBe(200);
});

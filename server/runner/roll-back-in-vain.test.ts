import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { RunnableVersion } from '../contract';
import { EngineBench } from './testing/engine-bench';
import { lookUntil } from './testing/look-until';
import { RUN, SMALL_APPS } from './testing/small-apps';

let bench: EngineBench;
let first: RunnableVersion;

beforeEach(async () => {
  bench = await EngineBench.create({ timing: { readyMs: 15_000, killMs: 500, drainQuietMs: 0, drainMs: 60_000 } });
  const publish = async (n: number) =>
    bench.publish(n, await bench.source({ 'app.py': SMALL_APPS.telling }, 'app.py'), {
      command: RUN,
      framework: 'command'
    });
  first = await publish(1);
  bench.connections.set(1, 1);
  await publish(2);
});
afterEach(() => bench.dispose());

const pid = async (n: number) => (JSON.parse((await bench.get(n)).body) as { pid: number }).pid;

async function damage(n: number): Promise<void> {
  const file = path.join(bench.files(n), 'app.py');
  await chmod(file, 0o644);
  await writeFile(file, 'damaged');
}

/** Cancels the roll back once the app of its version is found to run. */
function cancelled(): void {
  bench.engine.subscribe(event => {
    if (event.kind === 'progress' && event.progress.stage === 'check') {
      bench.apply({ job: null });
    }
  });
}

async function inVain(code: string): Promise<void> {
  const outcome = await bench.activate(first);
  expect(outcome).toMatchObject({ ok: false, problem: { code, left: 'The files of version 1 are kept.' } });
  bench.apply({ job: null });
}

describe.each<[string, string, () => Promise<void> | void]>([
  ['is refused', 'version_damaged', () => damage(1)],
  ['is cancelled', 'cancelled', cancelled]
])('a roll back that %s', (_what, code, fault) => {
  it('leaves those alone who still work with that version: it goes on until they have left', async () => {
    const own = await pid(1);
    await fault();
    await inVain(code);
    expect([bench.engine.live(), await pid(1)]).toEqual([2, own]);
    expect([bench.sentAway, bench.cutOff]).toEqual([[], []]);
    bench.connections.set(1, 0);
    await lookUntil(() => !bench.processes().includes(own), 'its end');
    expect((await bench.get(2)).status).toBe(200);
  });

  it('leaves those alone who look at that version by its own link', async () => {
    bench.idle.set(1, 0);
    bench.apply({ visited: [first] });
    await lookUntil(() => bench.engine.target(1), 'the visited version');
    const own = await pid(1);
    await fault();
    await inVain(code);
    expect([bench.engine.live(), await pid(1)]).toEqual([2, own]);
  });
});

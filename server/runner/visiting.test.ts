import type { RunnableVersion } from '../contract';
import type { MemoryRoom } from './supervisor/memory';
import { EngineBench } from './testing/engine-bench';
import { lookUntil } from './testing/look-until';
import { RUN, SMALL_APPS } from './testing/small-apps';

let bench: EngineBench;
let room: MemoryRoom | null;
let roomNow: () => MemoryRoom | null;

beforeEach(async () => {
  room = null;
  roomNow = () => room;
  bench = await EngineBench.create({
    timing: { readyMs: 15_000, killMs: 500, drainQuietMs: 0, drainMs: 300, transferMs: 0, idleMs: 1_000 },
    memoryRoom: () => roomNow()
  });
});
afterEach(() => bench.dispose());

const COMMAND = { command: RUN, framework: 'command' } as const;
const source = (app: keyof typeof SMALL_APPS) => bench.source({ 'app.py': SMALL_APPS[app] }, 'app.py');
const publish = async (n: number) => bench.publish(n, await source('telling'), COMMAND);

const pid = async (n: number) => (JSON.parse((await bench.get(n)).body) as { pid: number }).pid;
const serving = (n: number) => lookUntil(() => bench.engine.target(n), `version ${n} serving`);
const stopped = (n: number) => lookUntil(() => bench.engine.target(n) === null, `the end of version ${n}`);

/** Versions 1 to `count`, of which the last one is live and alone. */
async function versions(count: number): Promise<RunnableVersion[]> {
  const made: RunnableVersion[] = [];
  for (let n = 1; n <= count; n++) {
    made.push(await publish(n));
  }
  for (let n = 1; n < count; n++) {
    await stopped(n);
  }
  return made;
}

describe('a kept version that is visited', () => {
  it('runs beside the live one while it is in use, and then no longer', async () => {
    const [first] = await versions(2);
    bench.idle.set(1, 0);
    bench.apply({ visited: [first as RunnableVersion] });
    expect(bench.engine.visited(1)).toMatchObject({ status: { state: 'starting', version: 1, problem: null } });
    expect(bench.engine.status()).toMatchObject({ state: 'serving', version: 2 });
    await serving(1);
    expect(bench.engine.live()).toBe(2);
    const visited = await pid(1);
    // It is in use for longer than an idle one lives.
    const begin = performance.now();
    await lookUntil(() => performance.now() - begin > 1_500, 'a while');
    expect(await pid(1)).toBe(visited);
    bench.idle.set(1, 2_000);
    await stopped(1);
    expect(bench.engine.visited(1)).toBeNull();
    expect((await bench.get(2)).status).toBe(200);
  });

  it('is not disturbed by an update, nor by a roll back', async () => {
    const [first, second] = await versions(2);
    bench.idle.set(1, 0);
    bench.apply({ visited: [first as RunnableVersion] });
    await serving(1);
    const before = await pid(1);
    await publish(3);
    expect(bench.engine.live()).toBe(3);
    await stopped(2);
    await bench.activate(second as RunnableVersion);
    bench.goLive(second as RunnableVersion, [1, 2, 3]);
    await stopped(3);
    expect(await pid(1)).toBe(before);
    // Made live and taken back again, it is the same app still.
    await bench.activate(first as RunnableVersion);
    bench.goLive(first as RunnableVersion, [1, 2, 3]);
    expect([bench.engine.live(), await pid(1)]).toEqual([1, before]);
  });

  it('is started with the server where it was asked for before', async () => {
    const [first, second] = await versions(2);
    await bench.engine.stop();
    bench.renew();
    bench.apply({ live: second as RunnableVersion, visited: [first as RunnableVersion] });
    await Promise.all([serving(1), serving(2)]);
    expect(bench.engine.live()).toBe(2);
  });

  it('gives way to a newer visit when there are three, the one that nobody looks at first; else the newer one waits', async () => {
    const made = await versions(5);
    const visit = (...ns: number[]) => bench.apply({ visited: ns.map(n => made[n - 1] as RunnableVersion) });
    for (const n of [1, 2, 3, 4]) {
      bench.idle.set(n, 0);
    }
    visit(3, 2, 1);
    await Promise.all([serving(1), serving(2), serving(3)]);
    visit(4, 3, 2);
    expect(bench.engine.visited(4)?.status).toMatchObject({ state: 'failed', problem: { code: 'versions_open' } });
    expect(bench.engine.target(4)).toBeNull();
    // Nobody looks at version 2 now.
    bench.idle.set(2, 500);
    visit(4, 3, 2);
    expect(bench.engine.visited(2)).not.toBeNull();
    await lookUntil(() => {
      visit(4, 3, 2);
      return bench.engine.target(4);
    }, 'the newest one');
    await stopped(2);
    expect([1, 3].map(n => bench.engine.target(n) !== null)).toEqual([true, true]);
  });

  it('whose app fails says so, and does not take the live one along', async () => {
    const made = await versions(2);
    const broken = { ...(made[0] as RunnableVersion), command: 'no-such-program' };
    bench.apply({ visited: [broken] });
    await lookUntil(() => bench.engine.visited(1)?.status.state === 'failed', 'the failure');
    expect(bench.engine.visited(1)?.status.problem).toMatchObject({ code: 'command_invalid' });
    expect(bench.engine.visited(1)?.lines.at(-1)).toMatch(/no-such-program is not installed/);
    expect(bench.engine.status()).toMatchObject({ state: 'serving', version: 2 });
  });

  it('keeps its files while it is in use, also when it is no longer kept', async () => {
    const [first, second] = await versions(2);
    bench.idle.set(1, 0);
    bench.apply({ visited: [first as RunnableVersion] });
    await serving(1);
    bench.goLive(second as RunnableVersion, [2]);
    expect((await bench.get(1)).status).toBe(200);
    bench.apply({ visited: [] });
    bench.idle.set(1, 5_000);
    await stopped(1);
    const disk = await import('./versions/remove');
    const { placesOf } = await import('../files/places');
    const places = placesOf(bench.home, bench.dashboardId);
    await lookUntil(async () => (await disk.versionsOnDisk(places)).join() === '2', 'the removal of its files');
  });
});

describe('a server whose memory does not hold two versions', () => {
  beforeEach(() => {
    room = { limit: 1_000_000_000, free: 1_000_000 };
  });

  it('stops the live one for the new one, and says so', async () => {
    await publish(1);
    const old = await pid(1);
    const states: string[] = [];
    bench.engine.subscribe(
      event => event.kind === 'status' && states.push(`${event.status.version} ${event.status.state}`)
    );
    await publish(2);
    expect(bench.lines).toContain(
      'The memory of this server (1.0 GB) does not hold two versions at once: version 1 is stopped while version 2 starts. Viewers see a page with the progress until then.'
    );
    expect(states).toEqual(['1 starting', '2 serving']);
    expect(bench.processes()).not.toContain(old);
    await stopped(1);
  });

  it('ends an old one that is still being looked at before it stops the live one', async () => {
    room = null;
    await bench.dispose();
    bench = await EngineBench.create({
      timing: { readyMs: 15_000, killMs: 500, drainQuietMs: 60_000, drainMs: 60_000 },
      memoryRoom: () => roomNow()
    });
    await publish(1);
    bench.idle.set(1, 0);
    await publish(2);
    roomNow = () => (bench.engine.target(1) ? { limit: 1e9, free: 1e6 } : null);
    await publish(3);
    expect(bench.lines.join('\n')).not.toContain('does not hold two versions');
    expect(bench.sentAway).toEqual([1]);
  });

  it('starts the live one again when the new one fails', async () => {
    const first = await publish(1);
    const old = await pid(1);
    await bench.refused(2, await source('exiting'), COMMAND);
    bench.goLive(first);
    await serving(1);
    expect(await pid(1)).not.toBe(old);
    expect(bench.engine.status()).toMatchObject({ state: 'serving', version: 1 });
  });

  it('starts the live one again when the build is cancelled', async () => {
    const first = await publish(1);
    const built = bench.build(2, await source('silent'), COMMAND);
    await lookUntil(() => bench.engine.target(1) === null && bench.processes().length > 0, 'the start of the new one');
    bench.cancel = true;
    expect(await built).toMatchObject({ ok: false, problem: { code: 'cancelled' } });
    bench.goLive(first);
    await serving(1);
  });

  it('does not show an older version beside it, and says why', async () => {
    room = null;
    const [first] = await versions(2);
    room = { limit: 1_000_000_000, free: 1_000_000 };
    bench.apply({ visited: [first as RunnableVersion] });
    expect(bench.engine.visited(1)?.status.problem).toMatchObject({
      code: 'memory_short',
      message: 'The memory of this dashboard’s server (1.0 GB) does not hold an older version beside the live one.'
    });
    expect(bench.engine.status()).toMatchObject({ state: 'serving', version: 2 });
  });

  it('gives up idle older versions first', async () => {
    room = null;
    const [first] = await versions(2);
    bench.idle.set(1, 100);
    bench.apply({ visited: [first as RunnableVersion] });
    await serving(1);
    const live = await pid(2);
    // With one version less there is room enough.
    roomNow = () => (bench.engine.target(1) ? { limit: 1e9, free: 1e6 } : null);
    await publish(3);
    expect(bench.lines.join('\n')).not.toContain('does not hold two versions');
    expect(bench.engine.target(1)).toBeNull();
    expect([bench.engine.live(), live]).toEqual([3, expect.any(Number)]);
  });
});

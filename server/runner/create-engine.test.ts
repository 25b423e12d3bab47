import { existsSync, readFileSync, statSync } from 'node:fs';
import { chmod, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { AppStatus, RunnableVersion, RunnerState } from '../contract';
import { EngineBench, environmentOf } from './testing/engine-bench';
import { lookUntil } from './testing/look-until';
import { RUN, SMALL_APPS } from './testing/small-apps';
import { userPython } from './testing/user-python';

let bench: EngineBench;

beforeEach(async () => {
  bench = await EngineBench.create({
    timing: { readyMs: 15_000, killMs: 500, drainQuietMs: 0, drainMs: 300, transferMs: 0 }
  });
});
afterEach(() => bench.dispose());

type SmallApp = keyof typeof SMALL_APPS;

const source = (app: SmallApp) => bench.source({ 'app.py': SMALL_APPS[app] }, 'app.py');

async function publish(n: number, app: SmallApp): Promise<RunnableVersion> {
  return bench.publish(n, await source(app), { command: RUN, framework: 'command' });
}

async function fail(n: number, app: SmallApp, command = RUN) {
  return bench.refused(n, await source(app), { command, framework: 'command' });
}

interface Told {
  pid: number;
  env: Record<string, string>;
  argv: string[];
  cwd: string;
  files: string[];
  here: string[];
}

/** Which of an app's processes is the app itself. */
const appOf = (pids: number[]) =>
  pids.find(pid =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      .split('\0')
      .some(word => word.endsWith('app.py'))
  ) ?? 0;

const ask = async (n: number) => JSON.parse((await bench.get(n)).body) as Told;
const serving = (n: number) => lookUntil(() => bench.engine.target(n), `version ${n} serving`);
const versions = () => readdir(path.dirname(path.dirname(bench.files(1))));
const stopped = (n: number) => lookUntil(() => bench.engine.target(n) === null, `the end of version ${n}`);

describe('an app', () => {
  it('gets its address, nothing of the Hub and no file of the runner', async () => {
    await publish(1, 'telling');
    const told = await ask(1);
    expect(told.env).toMatchObject({ PORT: String(bench.engine.target(1)?.port), HOST: '127.0.0.1', HOME: bench.home });
    expect(told.env.BASE_URL).toBe('/user/alice/dash-sales-ab12/v/1/');
    expect(told.cwd).toBe(bench.files(1));
    expect(Object.keys(told.env).filter(name => name.startsWith('JUPYTERHUB'))).toEqual([]);
    expect(environmentOf(told.pid).join('\n')).not.toMatch(/JUPYTERHUB|canary/);
    // Standard streams, the listening socket, one connection, and the folder being listed.
    expect(told.files.length).toBeLessThanOrEqual(6);
    expect(bench.processes()).toEqual([told.pid]);
  });

  it('leaves nothing when it is stopped, not even what moved to other sessions', async () => {
    await publish(1, 'stubborn');
    expect(bench.processes()).toHaveLength(2);
    await bench.engine.stop();
    expect(bench.processes()).toEqual([]);
  });

  it('takes children with it that have lost their environment', async () => {
    await publish(1, 'forgetful');
    const lost = async () =>
      (await readdir('/proc')).filter(pid =>
        environmentOf(Number(pid)).some(v => v.startsWith(`FORGETFUL=${bench.dashboardId}`))
      );
    expect(await lost()).toHaveLength(1);
    await bench.engine.stop();
    expect(await lost()).toEqual([]);
  });

  it('is started again after a crash, and its left-over processes are ended', async () => {
    const states: AppStatus['state'][] = [];
    await publish(1, 'stubborn');
    const before = bench.processes();
    bench.engine.subscribe(event => event.kind === 'status' && states.push(event.status.state));
    process.kill(appOf(before), 'SIGKILL');
    await lookUntil(() => states.at(-1) === 'serving', 'a restart');
    expect(states).toEqual(['restarting', 'serving']);
    expect(bench.processes().filter(pid => before.includes(pid))).toEqual([]);
    expect((await bench.get(1)).status).toBe(200);
  });

  it('that was built with another Python says so in its log once it runs, and no build does', async () => {
    const version = await publish(1, 'telling');
    const said = () => bench.printed.filter(line => line.includes('has changed since'));
    expect(said()).toEqual([]);
    await bench.engine.stop();
    bench.renew();
    bench.goLive({ ...version, builtWith: { python: '2.7.18', framework: null } });
    await serving(1);
    await lookUntil(() => said().length > 0, 'what has changed');
    expect(said()).toEqual([
      expect.stringMatching(/^v1 Python has changed since version 1 was built: it was 2\.7\.18, and is 3\.\S+\.$/)
    ]);
  });

  it('that crashes again and again is given up, with its last lines', async () => {
    const version = await publish(1, 'telling');
    await bench.engine.stop();
    await chmod(path.join(bench.files(1), 'app.py'), 0o644);
    await writeFile(path.join(bench.files(1), 'app.py'), SMALL_APPS.exiting);
    bench.renew();
    bench.goLive(version);
    const { problem } = await lookUntil(
      () => (bench.engine.status().state === 'failed' ? bench.engine.status() : null),
      'the end'
    );
    expect(problem).toMatchObject({ code: 'app_exited' });
    expect(problem?.detail).toMatch(/raise ValueError\("no such column"\)\nValueError: no such column$/);
  });

  it('ends with a message when its files are gone', async () => {
    const version = await publish(1, 'telling');
    await bench.engine.stop();
    await rm(bench.files(1), { recursive: true });
    bench.renew();
    bench.goLive(version);
    const status = await lookUntil(
      () => (bench.engine.status().state === 'failed' ? bench.engine.status() : null),
      'the end'
    );
    expect(status).toMatchObject({
      version: 1,
      problem: { code: 'file_missing', fix: 'Publish the dashboard again.' }
    });
  });
});

describe('a build that fails', () => {
  afterEach(() => {
    expect(existsSync(bench.files(1))).toBe(false);
    expect(bench.processes()).toEqual([]);
  });

  it('because the app ends shows the end of its traceback', async () => {
    expect(await fail(1, 'exiting')).toMatchObject({
      code: 'app_exited',
      message: 'The app ended with code 1.',
      detail: expect.stringMatching(/^Traceback[^]*ValueError: no such column$/)
    });
    await lookUntil(() => bench.lines.includes('loading'), 'the log of the build');
  });

  it('because the app answers with errors only', async () => {
    await bench.dispose();
    bench = await EngineBench.create({ timing: { readyMs: 6_000 } });
    expect(await fail(1, 'broken')).toMatchObject({ code: 'app_failed', detail: 'out of order' });
  });

  it('because the app ends every request without an answer', async () => {
    await bench.dispose();
    bench = await EngineBench.create({ timing: { readyMs: 6_000 } });
    expect(await fail(1, 'hangingUp')).toMatchObject({
      code: 'app_failed',
      message: expect.stringMatching(/^The app listens, but/)
    });
  });

  it('because the app never listens', async () => {
    await bench.dispose();
    bench = await EngineBench.create({ timing: { readyMs: 700 } });
    expect(await fail(1, 'silent')).toMatchObject({ code: 'port_never_opened' });
  });

  it.each([
    ['no-such-program {port}', /no-such-program is not installed/],
    ['{python} {entry} | tee log', /not run by a shell/],
    ['{python} {entr}', /\{entr\}/]
  ])('because of the command line %j', async (command, message) => {
    const problem = await fail(1, 'telling', command);
    expect(problem).toMatchObject({ code: 'command_invalid', message: expect.stringMatching(message) });
  });

  it('because it is not clear what the file is', async () => {
    expect(await bench.build(1, await source('telling'))).toMatchObject({
      ok: false,
      problem: { code: 'framework_unknown' }
    });
  });

  it('because it was cancelled', async () => {
    const built = bench.build(1, await source('silent'), { command: RUN, framework: 'command' });
    await lookUntil(() => bench.processes().length > 0, 'the start');
    bench.cancel = true;
    expect(await built).toMatchObject({ ok: false, problem: { code: 'cancelled' } });
  });

  it('because it was cancelled while it was checked, and not before its app has ended', async () => {
    const built = bench.build(1, await source('deaf'), { command: RUN, framework: 'command' });
    await lookUntil(() => bench.lines.includes('asked again'), 'the check');
    bench.cancel = true;
    expect(await built).toMatchObject({ ok: false, problem: { code: 'cancelled' } });
    expect(bench.processes()).toEqual([]);
  });

  it('because the framework is not installed says how to install it', async () => {
    await bench.dispose();
    bench = await EngineBench.create();
    const python = path.join(bench.home, 'bare-python');
    await writeFile(python, `#!/bin/sh\nexec ${userPython()} -S "$@"\n`, { mode: 0o755 });
    await bench.engine.stop();
    bench.renew({ python });
    const root = await bench.project('sales', { 'app.py': 'import streamlit' });
    expect(await bench.build(1, { root, entry: 'app.py', scope: 'folder' })).toMatchObject({
      ok: false,
      problem: {
        code: 'framework_missing',
        message: `Streamlit is not installed in ${python}.`,
        fix: `Install it in a terminal with: ${python} -m pip install streamlit`
      }
    });
  });
});

describe('versions', () => {
  it('change over without a gap, and the old one ends when nobody uses it', async () => {
    await bench.dispose();
    bench = await EngineBench.create({ timing: { readyMs: 15_000, drainQuietMs: 0, drainMs: 60_000 } });
    await publish(1, 'telling');
    bench.connections.set(1, 1);
    const old = (await ask(1)).pid;
    await publish(2, 'telling');
    expect(bench.engine.live()).toBe(2);
    expect((await ask(2)).pid).not.toBe(old);
    expect((await ask(1)).pid).toBe(old);
    bench.connections.set(1, 0);
    await stopped(1);
    expect(bench.cutOff).toEqual([]);
    expect((await versions()).sort()).toEqual(['1', '2']);
  });

  it('are shown while they are checked where there is no better one', async () => {
    const shown: (number | null)[] = [];
    bench.renew({
      firstPage: async n => {
        expect(bench.engine.target(n)).not.toBeNull();
        shown.push(bench.engine.live());
      }
    });
    expect(await fail(1, 'failingLater')).toMatchObject({ code: 'app_failed' });
    expect([bench.engine.live(), bench.engine.target(1)]).toEqual([null, null]);
    await publish(2, 'telling');
    expect(await fail(3, 'failingLater')).toMatchObject({ code: 'app_failed' });
    expect(bench.engine.live()).toBe(2);
    expect(shown).toEqual([1, 2]);
  });

  it('are shown to nobody while they are checked where the dashboard has been stopped', async () => {
    const version = await publish(1, 'telling');
    bench.apply({ live: null, stopped: true });
    await stopped(1);
    const shown: unknown[] = [];
    bench.engine.subscribe(() => {
      shown.push(bench.engine.live(), bench.engine.target(2));
    });
    expect(await bench.build(2, await source('telling'), { command: RUN, framework: 'command' })).toMatchObject({
      ok: true
    });
    expect(bench.stages.slice(-2)).toEqual(['start', 'check']);
    expect(shown.length).toBeGreaterThan(0);
    expect(new Set(shown)).toEqual(new Set([null]));
    bench.apply({ live: { ...version, n: 2 }, stopped: undefined, job: null });
    await serving(2);
    expect(bench.engine.live()).toBe(2);
  });

  it('that are still in use after the drain time are cut off', async () => {
    await publish(1, 'telling');
    bench.connections.set(1, 1);
    await publish(2, 'telling');
    await stopped(1);
    await lookUntil(() => bench.cutOff.length > 0, 'the cut');
    expect([bench.sentAway, bench.cutOff]).toEqual([[1], [1]]);
  });

  it('let nobody in after the drain time, and end once what has begun is through', async () => {
    await bench.dispose();
    bench = await EngineBench.create({ timing: { readyMs: 15_000, killMs: 500, drainQuietMs: 60_000, drainMs: 300 } });
    const first = await publish(1, 'telling');
    const old = await ask(1);
    bench.connections.set(1, 1);
    await publish(2, 'telling');
    await stopped(1);
    expect(bench.sentAway).toEqual([1]);
    expect(environmentOf(old.pid)).not.toEqual([]);
    // Rolled back to, it lets people in again: it is the same app still.
    const second = await ask(2);
    bench.idle.set(2, 0);
    bench.connections.set(2, 1);
    await bench.activate(first);
    bench.goLive(first, [1, 2]);
    expect([bench.engine.live(), (await ask(1)).pid]).toEqual([1, old.pid]);
    await stopped(2);
    expect(environmentOf(second.pid)).not.toEqual([]);
    bench.connections.set(2, 0);
    await lookUntil(() => bench.processes().length === 1, 'the end of version 2');
    expect(bench.cutOff).toEqual([]);
  });

  it('that somebody has used a moment ago run on: pages need no connection to be open', async () => {
    await bench.dispose();
    bench = await EngineBench.create({ timing: { readyMs: 15_000, drainQuietMs: 1_000, drainMs: 60_000 } });
    await publish(1, 'telling');
    bench.idle.set(1, 900);
    await publish(2, 'telling');
    const { pid } = await ask(1);
    bench.idle.set(1, 1_000);
    await stopped(1);
    expect(bench.sentAway).toEqual([]);
    await lookUntil(() => !bench.processes().includes(pid), 'its end');
  });

  it('stay live when a newer one fails', async () => {
    await publish(1, 'telling');
    const { pid } = await ask(1);
    expect(await fail(2, 'exiting')).toMatchObject({ code: 'app_exited' });
    expect(bench.engine.status()).toMatchObject({ state: 'serving', version: 1 });
    expect((await ask(1)).pid).toBe(pid);
    expect(await versions()).toEqual(['1']);
  });

  it('that were kept become live again beside the live one', async () => {
    const first = await publish(1, 'telling');
    await publish(2, 'telling');
    await stopped(1);
    expect(await bench.activate(first)).toMatchObject({
      ok: true,
      files: 1,
      manifestHash: expect.stringMatching(/^sha256:/)
    });
    expect(bench.engine.live()).toBe(2);
    bench.goLive(first, [1, 2]);
    expect(bench.engine.live()).toBe(1);
    await serving(1);
    await stopped(2);
  });

  it('that become live again while their old app is being ended get a new one', async () => {
    await bench.dispose();
    bench = await EngineBench.create({
      timing: { readyMs: 15_000, killMs: 3_000, drainQuietMs: 0, drainMs: 300, transferMs: 0 }
    });
    const first = await publish(1, 'stubborn');
    const old = bench.processes();
    await publish(2, 'telling');
    // It ignores SIGTERM, so that there is time to ask for it while it is dying.
    await stopped(1);
    expect(old.some(pid => environmentOf(pid).length > 0)).toBe(true);
    expect(await bench.activate(first)).toMatchObject({ ok: true });
    bench.goLive(first, [1, 2]);
    await lookUntil(() => old.every(pid => environmentOf(pid).length === 0), 'the end of the old app');
    await lookUntil(() => bench.engine.target(2) === null, 'the end of version 2');
    expect(bench.engine.live()).toBe(1);
    expect((await bench.get(1)).body).toBe('ok');
  });

  it('that are no longer kept lose their files', async () => {
    await publish(1, 'telling');
    const second = await publish(2, 'telling');
    await stopped(1);
    bench.goLive(second, [2]);
    await lookUntil(async () => (await versions()).join() === '2', 'the removal');
  });

  it('start at once from the disk after a restart, without what the earlier runner left behind', async () => {
    const version = await publish(1, 'telling');
    const { pid } = await ask(1);
    const earlier = bench.engine;
    // The earlier engine is not asked to stop, as when its process was killed.
    bench.renew();
    bench.goLive(version);
    await serving(1);
    const now = await ask(1);
    expect(now.pid).not.toBe(pid);
    expect(environmentOf(pid)).toEqual([]);
    await earlier.stop();
  });

  it('of an older wish are ignored', async () => {
    const version = await publish(1, 'telling');
    bench.engine.apply({ revision: 0, live: null, job: null, kept: [] });
    expect(bench.engine.live()).toBe(version.n);
    bench.apply({ live: null });
    expect(bench.engine.status()).toEqual({ state: 'none', version: null, problem: null });
    await stopped(1);
  });
});

it('an app that does not know its base URL is published with a warning', async () => {
  const outcome = await bench.build(1, await source('rootOnly'), { command: RUN, framework: 'command' });
  expect(outcome).toMatchObject({ ok: true, warnings: [expect.stringContaining('does not know its base URL')] });
});

it('removes no newer version for a state that the Hub has remembered, until the service says what is kept', async () => {
  const first = await publish(1, 'telling');
  await publish(2, 'telling');
  await bench.restart();
  const remembered: RunnerState = { revision: 1, live: first, job: null, kept: [1] };
  bench.engine.apply(remembered, true);
  await lookUntil(() => bench.engine.stored(), 'the look at the disk');
  await lookUntil(() => bench.engine.status().state === 'serving', 'the start of what was live');
  expect(existsSync(path.dirname(bench.files(2)))).toBe(true);
  bench.engine.apply(remembered);
  await lookUntil(() => !existsSync(path.dirname(bench.files(2))), 'the removal of what is not kept');
});

describe('a server that is started more than once', () => {
  const begun = async (live: RunnableVersion | null): Promise<RunnerState> => {
    const job = { kind: 'publish', id: 'b1', n: 1, source: { kind: 'files', ...(await source('telling')) } } as const;
    return { revision: 1, live, job: { ...job, command: RUN, framework: 'command' }, kept: [1] };
  };

  it('keeps what is live, and what has come since, when its process starts anew with the job that it was started for', async () => {
    bench.renew({ startId: 's1' });
    const first = await publish(1, 'telling');
    const made = statSync(path.dirname(bench.files(1))).ino;
    await publish(2, 'telling');
    await bench.restart();
    bench.engine.apply(await begun(null));
    await lookUntil(() => bench.engine.stored(), 'the look at the disk');
    bench.engine.apply({ revision: 9, live: first, job: null, kept: [1, 2] });
    await lookUntil(() => bench.engine.status().state === 'serving', 'the start of what is live', 10_000);
    expect(statSync(path.dirname(bench.files(1))).ino).toBe(made);
    expect(existsSync(bench.files(2))).toBe(true);
    expect(bench.lines).not.toContain('This build was cancelled.');
  });

  it('builds what it was started for when the service still says so', async () => {
    bench.renew({ startId: 's1' });
    await bench.restart();
    const state = await begun(null);
    bench.engine.apply(state);
    bench.engine.apply(state);
    expect(await lookUntil(() => bench.outcomes.get('b1'), 'the build', 20_000)).toMatchObject({ ok: true });
  });

  it('starts what is live although it was to be rolled back to it, and that was called off before it had started', async () => {
    const first = await publish(1, 'telling');
    await bench.restart();
    bench.apply({ live: first, job: { kind: 'activate', id: 'back', version: first }, kept: [1] });
    bench.apply({ live: first, job: null, kept: [1] });
    await lookUntil(() => bench.engine.status().state === 'serving', 'the start of what is live', 10_000);
    expect(bench.outcomes.get('back')).toMatchObject({ ok: false, problem: { code: 'cancelled' } });
  });

  it('shows what was published under a number that is used again, as after a restored backup, and not the app that still ran', async () => {
    await publish(1, 'telling');
    const third = await publish(3, 'telling');
    const earlier = (await ask(3)).pid;
    const first = { ...third, n: 1 };
    bench.apply({ live: first, visited: [third], kept: [1, 3] });
    await lookUntil(() => bench.engine.live() === 1 && bench.engine.target(1), 'version 1 live');
    expect((await ask(3)).pid).toBe(earlier);
    bench.apply({ kept: [1] });
    await publish(3, 'telling');
    expect((await ask(3)).pid).not.toBe(earlier);
  });

  it('leaves everything to the later one, where the earlier one is still alive', async () => {
    bench.renew({ startId: 's1' });
    const first = await publish(1, 'telling');
    const earlier = bench.engine;
    try {
      bench.renew({ startId: 's2' });
      await publish(2, 'telling');
      earlier.apply({ revision: 90, live: first, job: null, kept: [1] });
      const job = { ...(await begun(null)).job, id: 'late', n: 2 } as NonNullable<RunnerState['job']>;
      earlier.apply({ revision: 91, live: first, job, kept: [1, 2] });
      const late = await lookUntil(() => bench.outcomes.get('late'), 'the late build', 20_000);
      expect(late).toMatchObject({ ok: false, problem: { code: 'server_stopped' } });
      expect((await versions()).sort()).toEqual(['1', '2']);
    } finally {
      await earlier.stop();
    }
  });
});

it('says at its start which kept versions are on its disk, once and for all', async () => {
  const first = await publish(1, 'telling');
  await publish(2, 'telling');
  await bench.restart();
  expect(bench.engine.stored()).toBeNull();
  await rm(path.dirname(bench.files(2)), { recursive: true });
  bench.apply({ live: first, job: null, kept: [1, 2, 3] });
  const stored = await lookUntil(() => bench.engine.stored(), 'the look at the disk');
  expect({ here: stored.here, gone: stored.gone.sort() }).toEqual({ here: [1], gone: [2, 3] });
});

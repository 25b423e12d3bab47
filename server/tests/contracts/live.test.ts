import { existsSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';

import type { BuildJob, RunnableVersion } from '../../contract';
import { EngineBench } from '../../runner/testing/engine-bench';
import { lookUntil } from '../../runner/testing/look-until';
import { RUN, SMALL_APPS } from '../../runner/testing/small-apps';
import { writeBelow } from './folder-world';

let bench: EngineBench;
let root: string;

beforeEach(async () => {
  bench = await EngineBench.create();
  root = path.join(bench.home, 'sales');
  await writeBelow(root, { 'index.html': '<p>first</p>', 'app.py': SMALL_APPS.telling });
});
afterEach(() => bench.dispose());

async function publish(n: number, entry: string, command: string | null = null): Promise<RunnableVersion> {
  const job: BuildJob = {
    ...{ kind: 'publish', id: `job${n}`, n, framework: null, command },
    source: { kind: 'files', root: '~/sales', entry, scope: 'folder', live: true }
  };
  return bench.succeeded(n, await bench.run(job), { entry, command });
}
const told = async (n: number): Promise<{ pid: number; here: string[] }> => JSON.parse((await bench.get(n)).body);

describe('files that are served as they are saved', () => {
  it('are seen at once where they are read for each visitor', async () => {
    expect(await publish(1, 'index.html')).toMatchObject({ strategy: 'live', framework: 'static' });
    await writeBelow(root, { 'index.html': '<p>second</p>', 'new.txt': 'new' });
    expect((await bench.get(1)).body).toBe('<p>second</p>');
    expect((await bench.get(1, 'new.txt')).body).toBe('new');
  });

  it('are not served where a copy would not hold them, by whatever name, nor are hidden ones', async () => {
    await writeBelow(root, {
      '.env': 'TOKEN=1',
      '.git/config': 'secret',
      '.dashboardignore': 'private/\n*.bak\n',
      'private/list.csv': 'secret',
      'index.bak': 'secret',
      'node_modules/a/index.js': 'secret',
      'env/pyvenv.cfg': '',
      'env/bin/python': 'secret',
      'data/a.csv': 'a'
    });
    for (const [name, target] of [
      ['list', 'private/list.csv'],
      ['settings', '.env'],
      ['old', 'index.bak']
    ] as const) {
      symlinkSync(target, path.join(root, name));
    }
    await publish(1, 'index.html');
    const status = async (name: string) => (await bench.get(1, name)).status;
    const shut = ['.env', '.git/config', '.dashboardignore', 'private/list.csv', 'private/', 'private', 'index.bak'];
    for (const name of [...shut, 'node_modules/a/index.js', 'env/bin/python', 'list', 'settings', 'old']) {
      expect([name, await status(name)]).toEqual([name, 404]);
    }
    expect(await status('data/a.csv')).toBe(200);
    // The rules are those of the moment.
    await writeBelow(root, { '.dashboardignore': 'data/\n' });
    expect([await status('data/a.csv'), await status('private/list.csv')]).toEqual([404, 200]);
  });

  it('are named to their author where they probably hold a secret', async () => {
    await writeBelow(root, {
      '.dashboardignore': 'mine.pem',
      'mine.pem': '',
      'server.pem': '',
      'data/credentials.json': ''
    });
    const job: BuildJob = {
      ...{ kind: 'publish', id: 'job1', n: 1, framework: null, command: null },
      source: { kind: 'files', root: '~/sales', entry: 'index.html', scope: 'folder', live: true }
    };
    const outcome = await bench.run(job);
    const warnings = outcome.ok ? outcome.warnings : [];
    expect(warnings.map(warning => warning.split(' ')[0])).toEqual(['data/credentials.json', 'server.pem']);
    expect(bench.lines).toEqual(expect.arrayContaining(warnings));
  });

  it('have an app started anew with them, beside the one that goes on until then', async () => {
    await publish(1, 'app.py', RUN);
    const first = await told(1);
    await writeBelow(root, { 'data.csv': '1' });
    const second = await lookUntil(async () => {
      // Asked all the time: there is no moment without an answer.
      const now = await told(1);
      return now.pid !== first.pid && now;
    }, 'the app with the new file');
    expect(second.here).toContain('data.csv');
    await lookUntil(() => !bench.processes().includes(first.pid), 'the end of the first app');
    expect(bench.printed.join('\n')).toContain('Files have been changed');
  });

  it('leave the app that was there time to answer what it was asked before', async () => {
    await bench.dispose();
    const leaving: (() => void)[] = [];
    bench = await EngineBench.create({
      appLeft: (_target, signal) =>
        new Promise(resolve => {
          leaving.push(resolve);
          signal.addEventListener('abort', () => resolve());
        })
    });
    root = path.join(bench.home, 'sales');
    await writeBelow(root, { 'app.py': SMALL_APPS.telling });
    await publish(1, 'app.py', RUN);
    const first = await told(1);
    await writeBelow(root, { 'data.csv': '1' });
    const second = await lookUntil(async () => {
      const now = await told(1);
      return now.pid !== first.pid && now;
    }, 'the app with the new file');
    // The next change does not wait for the end of the first app.
    await writeBelow(root, { 'more.csv': '1' });
    await lookUntil(async () => (await told(1)).pid !== second.pid, 'the app with the next file');
    expect(bench.processes()).toEqual(expect.arrayContaining([first.pid, second.pid]));
    // One more is too many, for the memory that each of them holds.
    const third = await told(1);
    await writeBelow(root, { 'one-more.csv': '1' });
    await lookUntil(async () => (await told(1)).pid !== third.pid, 'the app with one more file');
    await lookUntil(() => !bench.processes().includes(first.pid), 'the end of the oldest one');
    expect(bench.processes()).toEqual(expect.arrayContaining([second.pid, third.pid]));
    leaving.forEach(resolve => resolve());
    await lookUntil(() => [second, third].every(({ pid }) => !bench.processes().includes(pid)), 'the end of both');
  });

  it('with an error leave the app as it was, until they are mended', async () => {
    await publish(1, 'app.py', RUN);
    const first = await told(1);
    await writeBelow(root, { 'app.py': 'raise SystemExit("half a thought")' });
    await lookUntil(() => bench.printed.some(line => line.includes('as it was before')), 'the failure');
    expect((await told(1)).pid).toBe(first.pid);
    await writeBelow(root, { 'app.py': SMALL_APPS.telling });
    await lookUntil(async () => (await told(1)).pid !== first.pid, 'the mended app');
  });

  it('that the app itself changes whenever it is started are named as what they may be', async () => {
    await writeBelow(root, { 'app.py': `open("app.log", "a").write("started\\n")\n${SMALL_APPS.telling}` });
    await publish(1, 'app.py', RUN);
    await lookUntil(() => bench.printed.some(line => line.includes('name them in .dashboardignore')), 'the advice');
    await writeBelow(root, { '.dashboardignore': '*.log\n' });
    const renewed = () => bench.printed.filter(line => line.includes('have been changed')).length;
    const before = renewed();
    await lookUntil(() => renewed() > before, 'the app with the advice taken');
  });

  it('that are mended while their app does not start get it started', async () => {
    const version = await publish(1, 'app.py', RUN);
    await writeBelow(root, { 'app.py': 'raise SystemExit("half a thought")' });
    await bench.restart();
    bench.apply({ live: version, job: null, kept: [1] });
    await lookUntil(() => bench.engine.status().state === 'failed', 'the failure', 100_000);
    await writeBelow(root, { 'app.py': SMALL_APPS.telling });
    await lookUntil(() => bench.engine.status().state === 'serving', 'the mended app');
  });

  it('stay where they are when the version goes', async () => {
    await publish(1, 'index.html');
    await publish(2, 'index.html');
    bench.apply({ kept: [2] });
    await lookUntil(() => !existsSync(path.dirname(bench.files(1))), 'the end of version 1');
    expect(existsSync(path.join(root, 'index.html'))).toBe(true);
  });

  it('leave the versions before and after them as they were: what is unchanged between those is there once', async () => {
    const copy = (n: number): BuildJob => ({
      ...{ kind: 'publish', id: `copy${n}`, n, framework: null, command: null },
      source: { kind: 'files', root: '~/sales', entry: 'index.html', scope: 'folder' }
    });
    const first = { entry: 'index.html', command: null };
    bench.succeeded(1, await bench.run(copy(1)), first);
    await publish(2, 'index.html');
    bench.succeeded(3, await bench.run(copy(3)), first);
    const inode = (n: number) => statSync(path.join(bench.files(n), 'app.py')).ino;
    expect(inode(3)).toBe(inode(1));
    expect(inode(3)).not.toBe(inode(2));
  });

  it.each([
    ['strategies', { strategies: ['snapshot', 'git'] }, 'strategy_forbidden'],
    ['folders', { paths: ['public'] }, 'path_forbidden']
  ] as const)(
    'are served no longer where the administrator has come to allow other %s',
    async (_what, allowed, code) => {
      const version = await publish(1, 'index.html');
      const copy: BuildJob = {
        ...{ kind: 'publish', id: 'copy', n: 2, framework: null, command: null },
        source: { kind: 'files', root: '~/sales', entry: 'index.html', scope: 'folder' }
      };
      const copied = bench.succeeded(2, await bench.run(copy), { entry: 'index.html', command: null });
      await bench.engine.stop();
      bench.renew({ allowed });
      bench.apply({ live: copied, job: null, kept: [1, 2] });
      await lookUntil(() => bench.engine.target(2), 'the copy, which stays what it is');
      const refused = await bench.activate(version);
      expect(refused).toMatchObject({ ok: false, problem: { code, left: 'The files of version 1 are kept.' } });
      expect((await bench.get(2)).body).toBe('<p>first</p>');
      bench.apply({ live: version, job: null });
      await lookUntil(() => bench.engine.status().version === 1, 'the version that is not started');
      expect(bench.engine.status()).toMatchObject({
        state: 'failed',
        problem: { code, fix: expect.stringMatching(/ublish/) }
      });
      expect(bench.engine.target(1)).toBeNull();
    }
  );

  it('are no longer served where their folder has become a link to one that may not be published', async () => {
    await bench.engine.stop();
    bench.renew({ allowed: { paths: ['public'] } });
    const shown = await bench.project('public/sales', { 'index.html': '<p>first</p>' });
    const job: BuildJob = {
      ...{ kind: 'publish', id: 'job1', n: 1, framework: null, command: null },
      source: { kind: 'files', root: '~/public/sales', entry: 'index.html', scope: 'folder', live: true }
    };
    const version = bench.succeeded(1, await bench.run(job), { entry: 'index.html', command: null });
    await bench.engine.stop();
    await rm(shown, { recursive: true });
    symlinkSync(await bench.project('private', { 'index.html': '<p>secret</p>' }), shown);
    bench.renew();
    bench.apply({ live: version, job: null, kept: [1] });
    await lookUntil(() => bench.engine.status().state === 'failed', 'the refusal');
    expect(bench.engine.status().problem?.code).toBe('path_forbidden');
  });

  it.each<[string, () => void]>([
    ['are deleted', () => rmSync(root, { recursive: true })],
    ['are renamed', () => renameSync(root, `${root}-away`)],
    [
      'have a link to others put in their place',
      () => {
        renameSync(root, `${root}-away`);
        symlinkSync(`${root}-private`, root);
      }
    ]
  ])('that %s are no longer served, and those that come back are', async (_what, fault) => {
    await writeBelow(`${root}-private`, { 'index.html': '<p>secret</p>', 'new.txt': 'secret' });
    await publish(1, 'index.html');
    fault();
    for (const name of ['', 'index.html', 'new.txt', 'data/']) {
      expect((await bench.get(1, name)).status).toBe(404);
    }
    await rm(root, { recursive: true, force: true });
    await writeBelow(root, { 'index.html': '<p>again</p>' });
    expect((await bench.get(1)).body).toBe('<p>again</p>');
    expect(bench.engine.status()).toMatchObject({ state: 'serving', version: 1 });
  });

  it('that are deleted while their app runs leave it as it is, and start it anew when they are back', async () => {
    await publish(1, 'app.py', RUN);
    const first = await told(1);
    await rm(root, { recursive: true });
    expect([bench.engine.status().state, bench.processes().includes(first.pid)]).toEqual(['serving', true]);
    await writeBelow(root, { 'app.py': SMALL_APPS.telling, 'back.csv': '1' });
    // The first one lists a folder that is no more.
    const here = () =>
      told(1).then(
        ({ here: names }) => names,
        (): string[] => []
      );
    await lookUntil(async () => (await here()).includes('back.csv'), 'the app with the files that came back');
  });

  it('that are no longer there when a version is made of them fail it with what to do', async () => {
    await publish(1, 'index.html');
    await rm(root, { recursive: true });
    const source = { root: '~/sales', entry: 'index.html', scope: 'folder', live: true } as const;
    const problem = await bench.refused(2, source);
    expect(problem).toMatchObject({ code: 'file_missing', left: 'Nothing of version 2 is left.' });
    expect(problem.fix).toMatch(/\w{3,}/);
  });

  it('that are gone are named, and come back', async () => {
    const version = await publish(1, 'index.html');
    await bench.restart();
    await rm(root, { recursive: true });
    bench.apply({ live: version, job: null, kept: [1] });
    await lookUntil(() => bench.engine.status().problem?.code === 'file_missing', 'the failure');
  });
});

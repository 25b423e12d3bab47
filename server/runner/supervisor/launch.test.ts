import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { environmentOf } from '../testing/engine-bench';
import { lookUntil } from '../testing/look-until';
import { userPython } from '../testing/user-python';
import { launch, type LaunchedApp } from './launch';

const MARKER = `test.${process.pid}.${Date.now()}`;
const ENVIRONMENT = { DASHBOARDS_APP: MARKER, PATH: '/usr/bin:/bin' };

/** Starts a program and gives what it has written when it has ended. */
async function outputOf(argv: string[], cwd = '/'): Promise<{ text: string; app: LaunchedApp }> {
  let text = '';
  const app = launch({
    python: userPython(),
    argv,
    cwd,
    environment: ENVIRONMENT,
    marker: MARKER,
    output: chunk => (text += chunk.toString())
  });
  await app.exited;
  return { text, app };
}

describe('a launched program', () => {
  it('replaces the process that starts it', async () => {
    const { text, app } = await outputOf([userPython(), '-c', 'import os; print(os.getpid(), os.getsid(0))']);
    expect(text).toBe(`${app.pid} ${app.pid}\n`);
  });

  it('finds what Python would give it, whether it is run in place or not', async () => {
    const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'launch-')));
    try {
      const tell =
        'import gc, sys; print(gc.isenabled(), __name__, sys.argv, sys.path[0], sys.stdin.read(), [name for name in globals() if name[0] != "_"])';
      await writeFile(path.join(folder, 'tell.py'), tell);
      for (const words of [
        ['-c', tell, '-x', 'a b'],
        ['-m', 'tell', '-x', 'a b']
      ]) {
        const { text } = await outputOf([userPython(), ...words], folder);
        const plain = execFileSync(userPython(), words, { cwd: folder, env: ENVIRONMENT, input: '', encoding: 'utf8' });
        expect(text).toBe(plain);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('that does not exist ends with a sentence', async () => {
    const { text, app } = await outputOf(['/no/such/program']);
    expect(text).toBe('/no/such/program: No such file or directory\n');
    expect(await app.exited).toEqual({ code: 1, signal: null });
  });

  it('ends with the runner, even one that is killed', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'launch-'));
    try {
      const outfile = path.join(folder, 'launch.cjs');
      // A runner of its own, to be killed; esbuild's JavaScript interface does not work within jest.
      const bundle = ['--bundle', '--platform=node', `--outfile=${outfile}`, '--log-level=error'];
      execFileSync(require.resolve('esbuild/bin/esbuild'), [path.join(__dirname, 'launch.ts'), ...bundle]);
      const input = JSON.stringify({
        python: userPython(),
        argv: [userPython(), '-c', 'import time; print("up", flush=True); time.sleep(600)'],
        cwd: '/',
        environment: ENVIRONMENT,
        marker: MARKER
      });
      const code = `
        const { launch } = require(${JSON.stringify(outfile)});
        const app = launch({ ...${input}, output: () => console.log(app.pid) });
        setInterval(() => {}, 1e6);`;
      const runner = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
      const pid = Number(await new Promise(resolve => runner.stdout.once('data', resolve)));
      expect(environmentOf(pid)).toContain(`DASHBOARDS_APP=${MARKER}`);
      runner.kill('SIGKILL');
      await lookUntil(() => environmentOf(pid).length === 0, 'the end of the app', 5_000);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

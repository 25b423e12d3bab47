import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { RunnerState } from '../../contract';
import { EngineBench, environmentOf } from '../testing/engine-bench';
import { lookUntil } from '../testing/look-until';
import { userPython } from '../testing/user-python';
import { beginHeadStart, type HeadStart } from './head-start';

const SOURCE = { kind: 'files', root: '~/sales', entry: 'app.py', scope: 'folder' } as const;
const FOLDER = { ...SOURCE, entry: '.' } as const;
const PUBLISH = { kind: 'publish', id: 'b1', n: 1, source: SOURCE, framework: 'dash', command: null } as const;
const DASH_APP = `
from dash import Dash, html
import os
app = Dash()
app.layout = html.H1("sales")
print("process", os.getpid(), flush=True)
`;

let bench: EngineBench;
let begun: HeadStart | undefined;

beforeEach(async () => {
  bench = await EngineBench.create();
});
afterEach(async () => {
  // What a test has begun and no engine was given is killed here, and takes a moment to be gone.
  begun?.end();
  begun = undefined;
  await bench.engine.stop();
  await lookUntil(() => bench.processes().length === 0, 'the end of what was begun');
  await bench.dispose();
});

interface Changes {
  state?: Partial<RunnerState>;
  additions?: Record<string, { args: string[]; env: Record<string, string> }>;
}

/** The launcher's message, as far as it matters here. */
function message({ state, additions }: Changes = {}): unknown {
  const start = {
    dashboard: { id: bench.dashboardId },
    state: { revision: 1, live: null, job: PUBLISH, kept: [], ...state },
    additions
  };
  return {
    start: Buffer.from(JSON.stringify(start)).toString('base64url'),
    apiToken: 'secret-token',
    python: userPython(),
    home: bench.home,
    ownVariables: ['OF_THE_RUNNER']
  };
}

const VARIABLES = { PATH: '/usr/bin:/bin', COPY: 'secret-token', JPY_API_TOKEN: 'secret-token', OF_THE_RUNNER: '1' };

function begin(changes?: Changes): HeadStart | undefined {
  begun = beginHeadStart(message(changes), VARIABLES);
  return begun;
}

/** Number of the only process of the dashboard. */
const onlyProcess = () =>
  lookUntil(() => (bench.processes().length === 1 ? bench.processes()[0] : undefined), 'one process');

describe('a head start', () => {
  it('is given to the app that a job names a framework for, or that is live, the live one first', () => {
    const version = { n: 3, framework: 'streamlit', entry: 'app.py', command: null } as const;
    const frameworks = (
      [
        { job: PUBLISH },
        { live: version, job: null },
        { live: version, job: PUBLISH },
        { job: { kind: 'activate', id: 'b2', version } }
      ] as const
    ).map(state => {
      const headStart = begin({ state });
      headStart?.end();
      return headStart?.framework;
    });
    expect(frameworks).toEqual(['dash', 'streamlit', 'streamlit', 'streamlit']);
  });

  it.each<[string, Changes]>([
    ['there is nothing to start', { state: { job: null } }],
    ['the file is not there', { state: { job: { ...PUBLISH, framework: null } } }],
    ['a folder is looked through first', { state: { job: { ...PUBLISH, framework: null, source: FOLDER } } }],
    ['the author gives a command line', { state: { job: { ...PUBLISH, framework: null, command: 'python app.py' } } }],
    ['there is nothing to import', { state: { job: { ...PUBLISH, framework: 'static' } } }],
    ['the administrator sets variables', { additions: { dash: { args: [], env: { PYTHONHASHSEED: '0' } } } }]
  ])('is not given where %s', (_, changes) => {
    expect(begin(changes)).toBeUndefined();
  });

  it('is given to the framework of the file, where nobody has named one', async () => {
    await bench.project('sales', { 'app.py': 'import streamlit as st\n' });
    expect(begin({ state: { job: { ...PUBLISH, framework: null } } })?.framework).toBe('streamlit');
  });

  it('is not given to what cannot be understood', () => {
    for (const content of [null, {}, { start: 'e30' }, { ...(message() as object), python: 1 }]) {
      expect(beginHeadStart(content, VARIABLES)).toBeUndefined();
    }
  });

  it('knows no secret, and nothing that is the runner’s', async () => {
    begin();
    const environment = environmentOf(await onlyProcess());
    expect(environment).toContain('PYTHONUNBUFFERED=1');
    expect(environment.join('\n')).not.toMatch(/secret-token|JPY_|OF_THE_RUNNER/);
  });

  it('becomes the app, which runs from the copy of its files', async () => {
    bench.renew({ headStart: begin() });
    const pid = await onlyProcess();
    const source = await bench.source({ 'app.py': DASH_APP }, 'app.py');
    await bench.publish(1, source, { framework: 'dash' });
    expect(bench.lines).toContain(`process ${pid}`);
    expect((await bench.get(1)).status).toBe(200);
    expect((await readFile(`/proc/${pid}/cmdline`, 'utf8')).length).toBeGreaterThan(0);
    // The next one is a process of its own.
    await bench.publish(2, source, { framework: 'dash' });
    expect(bench.lines.filter(line => line.startsWith('process ')).length).toBe(2);
  });

  it('hides no error, though the framework was imported before', async () => {
    bench.renew({ headStart: begin() });
    const source = await bench.source({ 'app.py': 'import dash\nraise ValueError("no such column")\n' }, 'app.py');
    const problem = await bench.refused(1, source, { framework: 'dash' });
    expect(problem.message).toContain('no such column');
  });

  it('imports nothing of the author’s', async () => {
    await mkdir(path.join(bench.home, 'sales'), { recursive: true });
    const canary = path.join(bench.home, 'imported');
    const source = await bench.source(
      { 'app.py': DASH_APP, 'flask.py': `open(${JSON.stringify(canary)}, "w")` },
      'app.py'
    );
    await writeFile(canary, 'not yet');
    bench.renew({ headStart: begin() });
    await bench.publish(1, source, { framework: 'dash' });
    expect(await readFile(canary, 'utf8')).toBe('not yet');
  });

  it('ends with a build that starts nothing', async () => {
    bench.renew({ headStart: begin() });
    const pid = await onlyProcess();
    await bench.refused(
      1,
      { root: path.join(bench.home, 'nowhere'), entry: 'app.py', scope: 'folder' },
      { framework: 'dash' }
    );
    await lookUntil(() => environmentOf(pid).length === 0, 'its end');
  });

  it('ends where another framework is started, and with the engine', async () => {
    const headStart = begin();
    const pid = await onlyProcess();
    expect(headStart?.take('voila')).toBeUndefined();
    bench.renew({ headStart });
    await bench.engine.stop();
    await lookUntil(() => environmentOf(pid).length === 0, 'its end');
    expect(headStart?.take('dash')).toBeUndefined();
  });

  it('is not taken when its process has ended', async () => {
    const headStart = begin();
    process.kill(await onlyProcess(), 'SIGKILL');
    await lookUntil(() => bench.processes().length === 0, 'its end');
    bench.renew({ headStart });
    const source = await bench.source({ 'app.py': DASH_APP }, 'app.py');
    expect(await bench.build(1, source, { framework: 'dash' })).toMatchObject({ ok: true });
  });
});

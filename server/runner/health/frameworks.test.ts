import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import WebSocket from 'ws';

import { EngineBench, environmentOf } from '../testing/engine-bench';
import { lookUntil } from '../testing/look-until';
import { notebook } from '../testing/notebook';
import { RUN_SCRIPT } from './streamlit-messages';

let bench: EngineBench;

beforeEach(async () => {
  bench = await EngineBench.create();
});
afterEach(() => bench.dispose());

async function build(entry: string, text: string) {
  return bench.build(1, await bench.source({ [entry]: text }, entry));
}

/** Opens a WebSocket as a browser on the public site does; its first message, or how it was refused. */
function firstMessage(
  rest: string,
  protocols: string[],
  say?: string | Uint8Array<ArrayBuffer>
): Promise<number | string> {
  const port = bench.engine.target(1)?.port;
  const url = `ws://127.0.0.1:${port}/user/alice/dash-sales-ab12/v/1/${rest}`;
  const headers = { origin: 'https://dash.example.org', host: 'dash.example.org' };
  const socket = new WebSocket(url, protocols, { headers });
  // A refusal is told by the end as well.
  socket.on('error', () => undefined);
  socket.binaryType = 'arraybuffer';
  return new Promise<number | string>(resolve => {
    socket.addEventListener('open', () => say && socket.send(say));
    socket.addEventListener('message', event => {
      const { data } = event as { data: unknown };
      resolve(typeof data === 'object' && data && 'byteLength' in data ? Number(data.byteLength) : String(data));
    });
    socket.addEventListener('close', event => resolve(`closed with ${event.code}`));
  }).finally(() => socket.close());
}

describe('a notebook', () => {
  it('is run once by the publish, once by each visit and not at all by a wake', async () => {
    const runs = path.join(bench.home, 'runs');
    await appendFile(runs, '');
    const count = async () => (await readFile(runs, 'utf8')).length;
    const text = notebook(`open(${JSON.stringify(runs)}, 'a').write('x')`, 'print("marker", 6 * 7)');
    const version = await bench.publish(1, await bench.source({ 'app.ipynb': text }, 'app.ipynb'));
    expect(version.framework).toBe('voila');
    expect(await count()).toBe(1);
    // The kernel of that run is gone again.
    await lookUntil(() => bench.processes().length === 1, 'the end of the kernel');

    const page = await bench.get(1);
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('marker 42') });
    expect(page.body).not.toContain('6 * 7');
    expect(await count()).toBe(2);

    const kernel = /"kernelId":\s*"([0-9a-f-]{36})"/.exec(page.body)?.[1];
    const ask = {
      header: { msg_id: '1', username: '', session: 's', msg_type: 'kernel_info_request', version: '5.3' }
    };
    const request = JSON.stringify({ ...ask, channel: 'shell', parent_header: {}, metadata: {}, content: {} });
    const socket = `api/kernels/${kernel}/channels?session_id=s`;
    expect(await firstMessage(socket, [], request)).toMatch(/msg_type/);
    expect(bench.processes().flatMap(environmentOf).join('\n')).not.toMatch(/JUPYTERHUB|canary/);

    await bench.restart();
    bench.goLive(version);
    await lookUntil(() => bench.engine.target(1), 'the wake');
    expect(await count()).toBe(2);
  });

  it('that fails is not published; the failing cell is shown', async () => {
    const outcome = await build('app.ipynb', notebook('prices = {}', "prices['tea']"));
    expect(outcome).toMatchObject({
      ok: false,
      problem: {
        code: 'app_failed',
        message: "The notebook failed: KeyError: 'tea'",
        detail: expect.stringContaining("prices['tea']")
      }
    });
  });

  it("loads the environment's extensions of JupyterLab, but neither ours nor those that its owner denies", async () => {
    for (const name of ['jupyterhub-dashboards', 'denied', 'wanted']) {
      const folder = path.join(bench.home, '.local/share/jupyter/labextensions', name);
      const jupyterlab = { _build: { load: 'static/remoteEntry.js', extension: './extension' } };
      await mkdir(folder, { recursive: true });
      await writeFile(path.join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0', jupyterlab }));
    }
    const settings = { VoilaConfiguration: { extension_denylist: ['denied'] } };
    await mkdir(path.join(bench.home, '.jupyter'), { recursive: true });
    await writeFile(path.join(bench.home, '.jupyter/voila.json'), JSON.stringify(settings));
    expect(await build('app.ipynb', notebook('print(1)'))).toMatchObject({ ok: true });
    const { body } = await bench.get(1);
    expect(body).toContain('"wanted"');
    expect(body).not.toMatch(/jupyterhub-dashboards|"denied"/);
  });

  it('may hold a cell that is allowed to fail', async () => {
    expect(await build('app.ipynb', notebook({ source: '1/0', mayFail: true }, 'print(1)'))).toMatchObject({
      ok: true
    });
  });
});

describe('a script', () => {
  it('is recognised as Streamlit and works for a browser of the public site', async () => {
    const outcome = await build('app.py', 'import streamlit as st\nst.title("Sales")\n');
    expect(outcome).toMatchObject({
      ok: true,
      framework: 'streamlit',
      frameworkReason: 'app.py imports streamlit (line 1)',
      files: 1,
      warnings: []
    });
    expect((await bench.get(1)).body).toContain('<title>Streamlit</title>');
    expect(await firstMessage('_stcore/stream', ['streamlit'], RUN_SCRIPT)).toBeGreaterThan(10);
    expect(bench.processes().flatMap(environmentOf)).toContain('STREAMLIT_CLIENT_TOOLBAR_MODE=viewer');
  });

  it.each([
    ['raises', 'import streamlit as st\nst.title("x")\n{}["tea"]\n', "KeyError: 'tea'"],
    ['is not Python', 'import streamlit as st\nst.title(\n', 'SyntaxError']
  ])('that %s is not published', async (_what, text, error) => {
    expect(await build('app.py', text)).toMatchObject({
      ok: false,
      problem: {
        code: 'app_failed',
        message: expect.stringContaining(`The app failed: ${error}`),
        detail: expect.stringMatching(/app\.py", line \d|app\.py:\d/)
      }
    });
  });

  it('may show an exception that it has caught', async () => {
    const text = 'import streamlit as st\ntry:\n    1/0\nexcept ZeroDivisionError as error:\n    st.exception(error)\n';
    expect(await build('app.py', text)).toMatchObject({ ok: true });
  });
});

describe('a folder', () => {
  it('of notebooks is published as a list of them, each run once, and not if one of them fails', async () => {
    const files = { 'one.ipynb': notebook('print("marker", 6 * 7)'), 'two words.ipynb': notebook('print(1)') };
    expect(await bench.publish(1, await bench.source(files))).toMatchObject({ framework: 'voila' });
    expect((await bench.get(1)).body).toContain('v/1/voila/render/one.ipynb');
    expect((await bench.get(1, 'voila/render/one.ipynb')).body).toContain('marker 42');

    const changed = await bench.source({ 'two words.ipynb': notebook("{}['tea']") });
    expect(await bench.refused(2, changed)).toMatchObject({
      message: "two words.ipynb failed: KeyError: 'tea'",
      detail: expect.stringContaining("{}['tea']")
    });
  });

  it('of web pages is served without a process, also after a restart', async () => {
    const version = await bench.publish(1, await bench.source({ 'index.html': '<h1>Sales</h1>', 'app.js': 'go()' }));
    expect(version).toMatchObject({ framework: 'static' });
    expect(bench.processes()).toEqual([]);
    await bench.restart();
    bench.goLive(version);
    await lookUntil(() => bench.engine.target(1), 'the wake');
    expect(await bench.get(1)).toMatchObject({ status: 200, body: '<h1>Sales</h1>' });
    expect((await bench.get(1, 'app.js')).body).toBe('go()');
  });

  it('of web pages without the chosen one is not published', async () => {
    const source = await bench.source({ 'about.html': '' });
    expect(await bench.refused(1, source, { framework: 'voila' })).toMatchObject({ code: 'entry_missing' });
  });
});

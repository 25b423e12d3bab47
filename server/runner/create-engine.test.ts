import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';

import { EngineBench } from './testing/engine-bench';

jest.setTimeout(120_000);

let bench: EngineBench;

beforeEach(async () => {
  bench = await EngineBench.create();
});

afterEach(() => bench.dispose());

function notebook(...cells: string[]): string {
  const code = cells.map((source, i) => ({
    cell_type: 'code',
    execution_count: null,
    id: `c${i}`,
    metadata: {},
    outputs: [],
    source: [source]
  }));
  const kernelspec = { display_name: 'Python 3', language: 'python', name: 'python3' };
  return JSON.stringify({ cells: code, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 });
}

describe('a notebook', () => {
  it('is run once by the publish, once by each visit and not at all by a wake', async () => {
    const runs = path.join(bench.home, 'runs');
    await appendFile(runs, '');
    const count = async () => (await readFile(runs, 'utf8')).length;
    const root = await bench.project('sales', {
      'app.ipynb': notebook(`open(${JSON.stringify(runs)}, 'a').write('x')`, 'print("marker", 6 * 7)')
    });
    const version = await bench.publish(1, { root, entry: 'app.ipynb', scope: 'folder' });
    expect(version.framework).toBe('voila');
    expect(await count()).toBe(1);

    const page = await bench.get(1);
    expect(page.status).toBe(200);
    expect(page.body).toContain('marker 42');
    expect(page.body).not.toContain('6 * 7');
    expect(await count()).toBe(2);
    expect(bench.stages).toEqual(['copy', 'start', 'check']);
  });
});

describe('a script', () => {
  it('is recognised as Streamlit and answers under its own prefix', async () => {
    const root = await bench.project('sales', { 'app.py': 'import streamlit as st\nst.title("Sales")\n' });
    const outcome = await bench.build(1, { root, entry: 'app.py', scope: 'file' });
    expect(outcome).toMatchObject({ ok: true, framework: 'streamlit', files: 1 });
    expect((await bench.get(1)).body).toContain('<title>Streamlit</title>');
  });
});

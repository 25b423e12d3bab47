import { readlinkSync, renameSync } from 'node:fs';
import path from 'node:path';

import type { BuildResult } from '../../contract';
import { EngineBench } from '../../runner/testing/engine-bench';
import { lookUntil } from '../../runner/testing/look-until';
import { cloneWorld } from './clone-world';

const CLONE = cloneWorld('clone');

let bench: EngineBench;
let world: Awaited<ReturnType<typeof CLONE.create>>;

beforeEach(async () => {
  bench = await EngineBench.create();
  world = await CLONE.create(bench);
  await world.write({ 'index.html': '<p>first</p>', 'data/a.csv': 'a', 'other.html': '<p>other</p>' });
});
afterEach(async () => {
  await bench.dispose();
  await world.close();
});

async function build(n: number, source: object = {}): Promise<BuildResult['outcome']> {
  const { source: given, cloned } = (await world.source()) as { source: object; cloned: object };
  const job = { kind: 'publish', id: `job${n}`, n, framework: null, command: null } as const;
  return bench.run({ ...job, cloned, source: { ...given, ...source } } as Parameters<typeof bench.run>[0]);
}
const status = async (name: string) => (await bench.get(1, name)).status;

it('what is not published is on the clone, and viewers do not get it, by whatever name', async () => {
  await world.write({
    '.env': 'TOKEN=1',
    '.dashboardignore': 'private/\n',
    'private/list.csv': 'secret',
    'node_modules/a/index.js': 'secret'
  });
  bench.succeeded(1, await build(1), { entry: 'index.html', command: null });
  const names = ['.env', 'private/list.csv', 'private/', 'node_modules/a/index.js', 'data/a.csv', 'other.html', ''];
  expect(await Promise.all(names.map(status))).toEqual([404, 404, 404, 404, 200, 200, 200]);
});

it('of a file that is published alone, viewers get nothing beside it', async () => {
  const outcome = await build(1, { scope: 'file' });
  expect(outcome).toMatchObject({ ok: true, files: 1 });
  bench.succeeded(1, outcome, { entry: 'index.html', command: null });
  expect(await Promise.all(['', 'index.html', 'other.html', 'data/a.csv'].map(status))).toEqual([200, 200, 404, 404]);
});

it('of a home that is published itself, what is hidden in it stays out', async () => {
  await world.write({ '.ssh/key': 'secret', '.streamlit/config.toml': '' });
  const { cloned } = (await world.source()) as { cloned: { folder: string } };
  const job = { kind: 'publish', id: 'job1', n: 1, framework: null, command: null } as const;
  const source = { kind: 'files', root: '~', entry: 'index.html', scope: 'folder' } as const;
  const outcome = await bench.run({ ...job, source, cloned: { ...cloned, strategy: 'clone', from: bench.home } });
  expect(outcome).toMatchObject({ ok: true, files: 4 });
});

it('a version whose volume is not mounted is gone, and there again with its volume', async () => {
  const first = bench.succeeded(1, await build(1), { entry: 'index.html', command: null });
  const second = bench.succeeded(2, await build(2), { entry: 'index.html', command: null });
  const mount = readlinkSync(bench.files(1));
  renameSync(mount, `${mount}-away`);
  expect(await bench.activate(first)).toMatchObject({ ok: false, problem: { code: 'version_damaged' } });
  await bench.restart();
  bench.apply({ live: second, job: null, kept: [1, 2] });
  expect(await lookUntil(() => bench.engine.stored(), 'what is there')).toEqual({ here: [2], gone: [1] });
  renameSync(`${mount}-away`, mount);
  await bench.restart();
  bench.apply({ live: second, job: null, kept: [1, 2] });
  expect(await lookUntil(() => bench.engine.stored(), 'what is there')).toEqual({ here: [1, 2], gone: [] });
});

it('a clone that does not have the folder becomes no version, with where that should be', async () => {
  world.mounts = 'empty';
  expect(await build(1)).toMatchObject({
    ok: false,
    problem: {
      code: 'file_missing',
      message: expect.stringMatching(/sales is not in the clone of its volume/) as string
    }
  });
});

it('a version that is copied afterwards shares nothing with a clone', async () => {
  bench.succeeded(1, await build(1), { entry: 'index.html', command: null });
  await bench.project('sales', { 'index.html': '<p>first</p>' });
  const source = { kind: 'files', root: '~/sales', entry: 'index.html', scope: 'folder' } as const;
  const job = { kind: 'publish', id: 'copy', n: 2, framework: null, command: null, source } as const;
  bench.succeeded(2, await bench.run(job), { entry: 'index.html', command: null });
  expect((await bench.get(2)).body).toBe('<p>first</p>');
  expect(path.dirname(bench.files(2))).toContain(bench.home);
});

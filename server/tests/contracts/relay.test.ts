import { existsSync, lstatSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import { push } from '../../author/push/push';
import type { BuildResult } from '../../contract';
import type { ManifestSummary } from '../../files/manifest';
import { readSummary } from '../../files/read-manifest';
import { checkAsSent } from '../../runner/storage/relay/as-sent';
import { EngineBench } from '../../runner/testing/engine-bench';
import { RELAY, type RelayWorld } from './relay-world';

let bench: EngineBench;
let world: RelayWorld;

beforeEach(async () => {
  bench = await EngineBench.create();
  world = await RELAY.create(bench);
  await world.write({ 'index.html': '<p>first</p>', 'data/a.csv': 'a', 'data/b.csv': 'b' });
});
afterEach(async () => {
  await bench.dispose();
  await world.close();
});

async function build(n: number): Promise<BuildResult['outcome']> {
  const job = { kind: 'publish', id: `job${n}`, n, framework: null, command: null } as const;
  return bench.run({ ...job, ...(await world.source()) });
}

it('what was changed where it arrived becomes no version, and is sent anew', async () => {
  bench.succeeded(1, await build(1), { entry: 'index.html', command: null });
  // Something that looks the same in everything but its content, and is of another inode than the version's.
  const file = path.resolve(bench.files(1), '../../../replica/data/a.csv');
  const { mtimeMs } = lstatSync(file);
  rmSync(file);
  writeFileSync(file, 'x', { mode: 0o444 });
  utimesSync(file, mtimeMs / 1_000, mtimeMs / 1_000);
  expect(await build(2)).toMatchObject({
    ok: false,
    problem: { code: 'files_keep_changing', retryable: true, detail: 'data/a.csv' }
  });
  expect([existsSync(bench.files(2)), (await bench.get(1, 'data/a.csv')).body]).toEqual([false, 'a']);
  bench.succeeded(3, await build(3), { entry: 'index.html', command: null });
  expect((await bench.get(3, 'data/a.csv')).body).toBe('a');
});

it('a dashboard’s server that cannot be reached may be the next time', async () => {
  const server = createServer((_request, response) => response.writeHead(502).end());
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { source } = await world.source();
    const order = { build: 'job1', ticket: 'ticket', source, addresses: [{ url }] };
    const home = path.dirname(world.folder);
    const signal = new AbortController().signal;
    expect(await push(order, { home, signal, pauses: [5], firstPatienceMs: 50 })).toMatchObject({
      ok: false,
      problem: { code: 'relay_unreachable', retryable: true, fix: expect.stringContaining('relay_url') }
    });
  } finally {
    await new Promise(closed => server.close(closed));
  }
});

it('a file system that does not keep which files are programs is no reason to refuse', async () => {
  bench.succeeded(1, await build(1), { entry: 'index.html', command: null });
  const dashboard = path.resolve(bench.files(1), '../../..');
  const manifest = path.resolve(bench.files(1), '../manifest.jsonl');
  const index = path.join(dashboard, 'relay/index');
  writeFileSync(index, readFileSync(index, 'utf8').replaceAll(',false,', ',true,'));
  await checkAsSent(dashboard, 'sha256:of other rights', readSummary(manifest) as ManifestSummary, manifest);
  expect(existsSync(path.join(dashboard, 'replica'))).toBe(true);
});

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Dashboard } from '../../contract';
import { addUser } from '../testing/fake-hub';
import { FakeRunner } from '../testing/fake-runner';
import { eventually, PREFIX, startTestService, type TestService } from '../testing/test-service';

const DOCUMENT = join(__dirname, '../../../docs/developers/api.md');

let test: TestService;
let folder: string;

beforeEach(async () => {
  test = await startTestService();
  folder = mkdtempSync(join(tmpdir(), 'dashboards-examples-'));
});
afterEach(async () => {
  await test.stop();
  rmSync(folder, { recursive: true });
});

/** Does every job that it is given. */
async function work(runner: FakeRunner, stopped: AbortSignal): Promise<void> {
  const done = new Set<string>();
  while (!stopped.aborted) {
    const job = await eventually(() => stopped.aborted || (!done.has(runner.state.job?.id ?? '') && runner.state.job));
    if (job !== true) {
      done.add(job.id);
      await runner.progress(job.id, 'check', ['It works.']);
      await runner.result(job.id);
      await runner.heartbeat([], { state: 'serving', version: runner.state.live?.n ?? 1, problem: null });
    }
  }
}

it('does what the documentation of the API says, line by line', async () => {
  const blocks = [...readFileSync(DOCUMENT, 'utf8').matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block);
  expect(blocks.length).toBeGreaterThan(8);
  const stopping = new AbortController();
  const workers: Promise<void>[] = [];
  addUser(test.hub, 'bob');
  test.hub.onStart = async (owner, server) => {
    workers.push(work(await FakeRunner.start(test, owner, server), stopping.signal));
    return { status: 201 };
  };
  const script = ['set -euo pipefail', 'API=$HUB/services/dashboards/api/v1', ...blocks].join('\n');
  const { stdout } = await promisify(execFile)('bash', ['-c', script], {
    cwd: folder,
    timeout: 60_000,
    env: {
      PATH: process.env.PATH,
      HUB: test.origin,
      TOKEN: addUser(test.hub, 'alice'),
      ADMIN_TOKEN: addUser(test.hub, 'root', { admin: true })
    }
  }).finally(() => stopping.abort());
  await Promise.all(workers);

  expect(PREFIX).toBe('/services/dashboards/');
  expect(stdout).toContain('"kind":"ready"');
  expect(stdout).toContain('"name":"Revenue"');
  expect(stdout).toContain('"action":"delete"');
  expect(stdout).toContain('jupyterhub_dashboards_builds{state="live"}');
  expect(readFileSync(join(folder, 'sales.log'), 'utf8')).toContain('It works.');
  const { dashboard } = JSON.parse(readFileSync(join(folder, 'published.json'), 'utf8')) as { dashboard: Dashboard };
  const gone = await test.call(addUser(test.hub, 'alice'), 'GET', `api/v1/dashboards/${dashboard.id}`);
  expect(gone.status).toBe(404);
}, 90_000);

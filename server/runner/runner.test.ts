import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { makeUnremovable, removeByForce } from './testing/deep-tree';
import { lookUntil } from './testing/look-until';
import { call } from './testing/http-call';
import { PREFIX, RunnerFixture } from './testing/runner-fixture';

describe('the runner', () => {
  let runner: RunnerFixture;
  let home: string;

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'home-'));
    runner = await RunnerFixture.start({ home });
    await lookUntil(() => runner.service.streams === 1, 'the event stream');
  });
  afterEach(async () => {
    await runner.stop();
    rmSync(home, { recursive: true });
  });

  const removals = () => runner.service.posts.flatMap(({ path, body }) => (path === 'runner/removed' ? [body] : []));

  it('applies the state it was started with and every one the service sends', async () => {
    expect(runner.engine.applied[0]?.revision).toBe(1);
    const state = { revision: 5, live: null, job: null, kept: [2] };
    runner.service.send({ kind: 'state', state });
    await lookUntil(() => runner.engine.applied.some(one => one.revision === 5), 'the new state');
    expect(runner.engine.applied.at(-1)).toEqual(state);
  });

  it('reads events again after the service was away', async () => {
    runner.service.breakStreams();
    await lookUntil(() => runner.service.streams === 1, 'the new stream');
    expect(runner.exits).toEqual([]);
  });

  it('tells the service at once when its app changes', async () => {
    runner.engine.tellStatus({ state: 'serving', version: 3, problem: null });
    await lookUntil(() => runner.service.heartbeats.length > 0, 'a heartbeat');
    expect(runner.service.heartbeats[0]).toMatchObject({
      startId: 'start-1',
      app: { state: 'serving', version: 3 },
      sessions: [],
      connections: 0,
      lastActivity: null
    });
    expect(runner.service.posts[0]?.authorization).toBe('token hub-token-of-the-server');
  });

  it('names itself with all that it numbers: another process of the same start counts from the beginning', async () => {
    const other = await RunnerFixture.start({ home });
    const senders: unknown[] = [];
    for (const { engine, service } of [runner, other]) {
      engine.options?.keepLine(1, 'printed');
      await engine.options?.reports.progress(
        { kind: 'activate', id: 'b1', version: { n: 1, framework: 'voila', entry: 'a.ipynb', command: null } },
        undefined,
        ['said']
      );
      const numbered = () => service.posts.filter(({ path }) => /logs|progress/.test(path));
      await lookUntil(() => numbered().length === 2, 'both reports');
      expect(numbered().map(({ body }) => body)).toContainEqual(
        expect.objectContaining({ startId: 'start-1', batch: 1 })
      );
      senders.push(...new Set(numbered().map(({ body }) => (body as { sender?: string }).sender)));
    }
    await other.stop();
    expect(senders).toEqual([expect.any(String), expect.any(String)]);
    expect(senders[0]).not.toBe(senders[1]);
  });

  it('ends with its engine when the service says stop', async () => {
    runner.service.send({ kind: 'stop' });
    await lookUntil(() => runner.exits.length > 0, 'the exit');
    expect([runner.exits, runner.engine.stopped]).toEqual([[0], true]);
    await expect(call(runner.port, PREFIX)).rejects.toThrow(/ECONNREFUSED/);
  });

  it('holds its stream until all files of a deleted dashboard are gone: the service waits for that', async () => {
    const folder = join(home, '.dashboards', 'd1', 'versions');
    mkdirSync(folder, { recursive: true });
    for (let n = 0; n < 3_000; n++) {
      writeFileSync(join(folder, `${n}`), '');
    }
    runner.service.send({ kind: 'delete' });
    await lookUntil(() => runner.service.streams === 0, 'the end of the stream');
    expect(existsSync(join(home, '.dashboards', 'd1'))).toBe(false);
  });

  it('says why files of a deleted dashboard are still there', async () => {
    const folder = join(home, '.dashboards', 'd1');
    mkdirSync(folder, { recursive: true });
    makeUnremovable(folder);
    runner.service.send({ kind: 'delete' });
    await lookUntil(() => runner.exits.length > 0, 'the exit');
    expect(removals()).toEqual([
      {
        startId: 'start-1',
        problem: expect.objectContaining({
          message: 'Files of a deleted dashboard could not be removed (ENAMETOOLONG).',
          fix: expect.stringContaining('by hand')
        })
      }
    ]);
    removeByForce(folder);
  });

  it('removes the files of a deleted dashboard, says so, then ends', async () => {
    mkdirSync(join(home, '.dashboards', 'd1', 'versions'), { recursive: true });
    runner.service.send({ kind: 'delete' });
    await lookUntil(() => runner.exits.length > 0, 'the exit');
    expect(runner.exits).toEqual([0]);
    expect(removals()).toEqual([{ startId: 'start-1', problem: null }]);
    expect(existsSync(join(home, '.dashboards', 'd1'))).toBe(false);
  });
});

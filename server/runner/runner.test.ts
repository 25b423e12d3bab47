import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

  it('removes the files of a deleted dashboard, then ends', async () => {
    mkdirSync(join(home, '.dashboards', 'd1', 'versions'), { recursive: true });
    runner.service.send({ kind: 'delete' });
    await lookUntil(() => runner.exits.length > 0, 'the exit');
    expect(runner.exits).toEqual([0]);
    expect(existsSync(join(home, '.dashboards', 'd1'))).toBe(false);
  });
});

import { pino } from 'pino';

import { LIMITS, type BuildJob, type BuildProgress, type BuildResult, type RunnerState } from '../../contract';
import { systemClock } from '../clock';
import { Backoff } from './backoff';
import { ServiceBuildReports } from './build-reports';
import { ServiceError } from './service-client';

const job: BuildJob = {
  kind: 'publish',
  id: 'b/1',
  n: 1,
  source: { kind: 'files', root: '/home/alice', entry: 'app.py', scope: 'file' },
  framework: null,
  command: null
};
const failed: BuildResult['outcome'] = { ok: false, problem: { code: 'app_failed', message: 'It failed.' } };
const state: RunnerState = { revision: 7, live: null, job: null, kept: [] };

describe('build reports', () => {
  let sent: { path: string; body: unknown }[];
  let states: RunnerState[];
  let logged: string[];
  let answer: (path: string) => unknown;
  let reports: ServiceBuildReports;
  let stop: AbortController;

  beforeEach(() => {
    sent = [];
    states = [];
    logged = [];
    stop = new AbortController();
    answer = path => (path.endsWith('/result') ? state : { cancelled: false });
    reports = new ServiceBuildReports({
      startId: 's1',
      sender: 'p1',
      client: {
        post: async (path, body) => {
          sent.push({ path, body: structuredClone(body) });
          return answer(path) as never;
        }
      },
      stateChanged: next => states.push(next),
      clock: systemClock,
      log: pino({}, { write: (line: string) => void logged.push(line) }),
      signal: stop.signal,
      backoff: () => new Backoff(1, 1)
    });
  });
  const lines = (): string[] => sent.flatMap(({ body }) => (body as BuildProgress).lines ?? []);
  const unavailable = (): never => {
    throw new ServiceError(503, 'x');
  };

  it('sends lines in their order, what comes meanwhile together', async () => {
    await Promise.all([
      reports.progress(job, 'copy', ['1']),
      reports.progress(job, 'start', ['2']),
      reports.progress(job, undefined, ['3'])
    ]);
    expect(lines()).toEqual(['1', '2', '3']);
    expect(sent.length).toBeLessThanOrEqual(2);
    expect((sent.at(-1)?.body as BuildProgress).state).toBe('start');
    expect(sent[0]?.path).toBe('runner/builds/b%2F1/progress');
  });

  it('lines go with the stage that they belong to, though several stages wait; one that had no line is not told', async () => {
    void reports.progress(job, 'server', []);
    void reports.progress(job, 'copy', []);
    void reports.progress(job, undefined, ['copied']);
    void reports.progress(job, 'start', ['started', 'ready']);
    await reports.progress(job, 'check', []);
    const told = sent.map(({ body }) => body as BuildProgress).map(({ state, from, lines }) => [state, from, ...lines]);
    expect(told).toEqual([
      ['copy', 0, 'copied'],
      ['start', 1, 'started', 'ready'],
      ['check', 3]
    ]);
  });

  it('a stage goes with its lines also when the service was away in between', async () => {
    answer = unavailable;
    await reports.progress(job, 'copy', ['copied']);
    await reports.progress(job, 'start', ['started']);
    sent.length = 0;
    answer = () => ({ cancelled: false });
    await reports.progress(job, undefined, []);
    expect(sent.map(({ body }) => body)).toEqual([
      { startId: 's1', sender: 'p1', state: 'copy', from: 0, lines: ['copied'] },
      { startId: 's1', sender: 'p1', state: 'start', from: 1, lines: ['started'] }
    ]);
  });

  it('an empty report still extends the lease', async () => {
    await reports.progress(job, undefined, []);
    expect(sent).toEqual([
      { path: 'runner/builds/b%2F1/progress', body: { startId: 's1', sender: 'p1', from: 0, lines: [] } }
    ]);
  });

  it('unbounded input: at most 1000 lines at once, each cut at 4000 characters', async () => {
    await reports.progress(job, undefined, [...Array.from({ length: 2_500 }, (_, n) => String(n)), 'x'.repeat(9_000)]);
    expect(sent.map(({ body }) => (body as BuildProgress).lines.length)).toEqual([1_000, 1_000, 501]);
    expect(sent.map(({ body }) => (body as BuildProgress).from)).toEqual([0, 1_000, 2_000]);
    expect(lines().at(-1)).toHaveLength(4_000);
  });

  it('sends no more at once than the service takes, whatever a program prints, and all of it', async () => {
    const burst = Array.from({ length: 1_000 }, (_, n) => String(n).padEnd(LIMITS.logLine, '漢'));
    await reports.progress(job, undefined, burst);
    expect(lines()).toEqual(burst);
    const sizes = sent.map(({ body }) => (body as BuildProgress).lines.join('').length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(LIMITS.reportCharacters);
    expect(sent.map(({ body }) => (body as BuildProgress).from)).toEqual(sent.map((_, n) => n * 125));
  });

  it('keeps no more characters than fit into memory while the service is away', async () => {
    answer = unavailable;
    const burst = Array.from({ length: 3_000 }, (_, n) => String(n).padEnd(LIMITS.logLine, 'x'));
    await reports.progress(job, undefined, burst);
    sent.length = 0;
    answer = () => ({ cancelled: false });
    await reports.progress(job, undefined, []);
    expect(lines()).toEqual(burst.slice(-1_000));
    expect((sent[0]?.body as BuildProgress).from).toBe(2_000);
  });

  it('keeps lines while the service is away and goes on with the build', async () => {
    answer = unavailable;
    expect(await reports.progress(job, 'copy', ['lost?'])).toEqual({ cancelled: false });
    sent.length = 0;
    answer = () => ({ cancelled: false });
    await reports.progress(job, undefined, ['next']);
    expect(sent.map(({ body }) => body)).toEqual([
      { startId: 's1', sender: 'p1', state: 'copy', from: 0, lines: ['lost?', 'next'] }
    ]);
  });

  it('numbers lines by all that came before them, also by those that were too many to be kept', async () => {
    await reports.progress(job, undefined, ['first']);
    answer = unavailable;
    await reports.progress(
      job,
      undefined,
      Array.from({ length: 5_000 }, (_, n) => String(n))
    );
    await reports.progress(job, undefined, ['last']);
    sent.length = 0;
    answer = () => ({ cancelled: false });
    await reports.progress(job, undefined, []);
    const [{ from, lines: taken } = { lines: [] }] = sent.map(({ body }) => body as BuildProgress);
    expect([from, taken[0]]).toEqual([2, '1']);
    expect(lines()).toHaveLength(5_000);
  });

  it('learns that the build was cancelled, or is not its own any more', async () => {
    answer = () => ({ cancelled: true });
    expect(await reports.progress(job, undefined, [])).toEqual({ cancelled: true });
    answer = () => {
      throw new ServiceError(409, 'x');
    };
    expect(await reports.progress(job, undefined, [])).toEqual({ cancelled: true });
  });

  it.each([400, 401, 403, 413, 422])(
    'goes on without lines that the service does not want (%i), and repeats the stage',
    async status => {
      answer = () => {
        throw new ServiceError(status, 'x');
      };
      expect(await reports.progress(job, 'start', ['unwanted'])).toEqual({ cancelled: false });
      answer = path => (path.endsWith('/result') ? state : { cancelled: false });
      expect(await reports.progress(job, undefined, ['next'])).toEqual({ cancelled: false });
      await reports.result(job, failed);
      expect(sent.map(({ body }) => body).slice(0, 2)).toEqual([
        { startId: 's1', sender: 'p1', state: 'start', from: 0, lines: ['unwanted'] },
        { startId: 's1', sender: 'p1', state: 'start', from: 1, lines: ['next'] }
      ]);
      expect(states).toEqual([state]);
      expect(logged).toHaveLength(1);
      expect(logged[0]).toMatch(/did not want a report of a build/);
    }
  );

  it('repeats a result until the service has it, after all lines, and passes the new state on', async () => {
    let times = 0;
    answer = path => {
      if (!path.endsWith('/result')) {
        return { cancelled: false };
      }
      times += 1;
      return times < 5 ? unavailable() : state;
    };
    void reports.progress(job, 'check', ['last words']);
    await reports.result(job, failed);
    expect(times).toBe(5);
    expect(states).toEqual([state]);
    expect(sent.findIndex(({ path }) => path.endsWith('/result'))).toBeGreaterThan(
      sent.findIndex(({ body }) => (body as BuildProgress).lines?.includes('last words'))
    );
  });

  it('holds a result back until the service has all lines, however long it is away', async () => {
    let away = 10;
    answer = path => (--away > 0 ? unavailable() : path.endsWith('/result') ? state : { cancelled: false });
    void reports.progress(job, 'start', ['copied 3 files']);
    await reports.result(job, failed);
    const taken = sent.slice(9);
    expect(taken.map(({ body }) => body)).toEqual([
      { startId: 's1', sender: 'p1', state: 'start', from: 0, lines: ['copied 3 files'] },
      { startId: 's1', outcome: failed }
    ]);
    expect(states).toEqual([state]);
  });

  it('gives a result up when the service does not want it, or the runner stops', async () => {
    answer = path => {
      if (path.endsWith('/result')) {
        throw new ServiceError(404, 'x');
      }
      return { cancelled: false };
    };
    await reports.result(job, failed);
    expect(states).toEqual([]);
    answer = unavailable;
    const waiting = reports.result(job, failed);
    stop.abort();
    await waiting;
    expect(states).toEqual([]);
  });
});

import { pino } from 'pino';

import { RUNNER, type BuildProgress, type BuildResult, type RunnerState } from '../contract';
import { systemClock } from './clock';
import { Backoff } from './reports/backoff';
import { ServiceBuildReports } from './reports/build-reports';
import { ServiceError } from './reports/service-client';
import { EngineBench } from './testing/engine-bench';
import { lookUntil } from './testing/look-until';
import { RUN, SMALL_APPS } from './testing/small-apps';

const AWAY = new ServiceError(null, 'x');
/** A proxy that does not know the service for the moment, as after a restart of the Hub. */
const UNKNOWN = new ServiceError(404, 'x', { foreign: true });

/** A service that goes away when it is told of a stage, and comes back some attempts later. */
class Service {
  readonly states: (string | undefined)[] = [];
  readonly lines: string[] = [];
  readonly results: BuildResult['outcome'][] = [];
  #down = 0;
  #was = false;

  constructor(
    private readonly stage: string,
    private readonly error: ServiceError
  ) {}

  answer(url: string, body: BuildProgress | BuildResult): unknown {
    const told = 'outcome' in body ? 'result' : body.state;
    if (told === this.stage && !this.#was) {
      this.#was = true;
      this.#down = 5;
    }
    if (this.#down > 0) {
      this.#down -= 1;
      throw this.error;
    }
    if ('outcome' in body) {
      expect(url).toBe(RUNNER.result('b1'));
      this.results.push(body.outcome);
      return { revision: 1, live: null, job: null, kept: [] } satisfies RunnerState;
    }
    if (body.state && body.state !== this.states.at(-1)) {
      this.states.push(body.state);
    }
    this.lines.push(...body.lines);
    return { cancelled: false };
  }
}

describe.each([
  ['does not answer', AWAY],
  ['is unknown to the proxy', UNKNOWN]
])('a service that %s', (_title, error) => {
  it.each(['copy', 'start', 'check', 'result'])('while it is told of %s hears the end of the build', async stage => {
    const service = new Service(stage, error);
    const stopping = new AbortController();
    const reports = new ServiceBuildReports({
      startId: 's1',
      sender: 'p1',
      client: { post: async (url, body) => service.answer(url, body as BuildProgress) as never },
      stateChanged: () => undefined,
      clock: systemClock,
      log: pino({ level: 'silent' }),
      signal: stopping.signal,
      backoff: () => new Backoff(20, 50)
    });
    const bench = await EngineBench.create({ reports, timing: { readyMs: 30_000, killMs: 500, drainQuietMs: 0 } });
    try {
      const root = await bench.project('sales', { 'app.py': `print("loading", flush=True)\n${SMALL_APPS.telling}` });
      const source = { kind: 'files', root, entry: 'app.py', scope: 'folder' } as const;
      bench.apply({ job: { kind: 'publish', id: 'b1', n: 1, source, framework: 'command', command: RUN } });
      await lookUntil(() => service.results.length > 0, 'the result');
      expect(service.results).toMatchObject([{ ok: true, framework: 'command' }]);
      // Nothing was said twice but what goes on, and nothing that a person reads is missing.
      expect(service.lines.filter(line => line === 'loading')).toHaveLength(1);
      expect(service.lines.filter(line => line.startsWith('Copied 1 file'))).toHaveLength(1);
      expect(new Set(service.states).size).toBe(service.states.length);
      expect(bench.engine.target(1)).not.toBeNull();
    } finally {
      stopping.abort();
      await bench.dispose();
    }
  });
});

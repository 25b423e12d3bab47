import type {
  AppStatus,
  BuildProgress,
  BuildProgressReply,
  BuildResult,
  ErrorReply,
  HeartbeatReply,
  Problem,
  RunnerEvent,
  RunnerState,
  StartSpecification
} from '../../contract';
import { EventReader } from './events';
import { eventually, PREFIX, type TestService } from './test-service';

export const BUILT: BuildResult['outcome'] = {
  ok: true,
  framework: 'streamlit',
  frameworkReason: 'it imports streamlit',
  manifestHash: 'abc',
  files: 3,
  bytes: 300,
  warnings: []
};

const SERVING: AppStatus = { state: 'serving', version: 1, problem: null };

/** Speaks as a runner does. A stand-in: the real one takes seconds to build what these tests are not about. */
export class FakeRunner {
  #stream: EventReader<RunnerEvent> | null = null;

  private constructor(
    readonly test: TestService,
    readonly specification: StartSpecification,
    readonly token: string
  ) {}

  /** Starts as the Hub would: asks for the specification, opens the stream, waits for the state. */
  static async start(test: TestService, owner: string, serverName: string): Promise<FakeRunner> {
    const token = `server-token of ${owner}/${serverName}`.replaceAll(' ', '-');
    test.hub.tokens.set(token, { name: owner, scopes: [`access:servers!server=${owner}/${serverName}`] });
    const runner = new FakeRunner(test, await test.hook(owner, serverName), token);
    await runner.connect();
    return runner;
  }

  async connect(): Promise<void> {
    const { startId } = this.specification;
    const stream = await EventReader.open<RunnerEvent>(
      `${this.test.origin}${PREFIX}runner/events?startId=${startId}`,
      this.token
    );
    if (stream.status !== 200) {
      throw new Error(`runner not let in: ${stream.status}`);
    }
    this.#stream = stream;
    await eventually(() => this.events.length > 0);
  }

  get events(): readonly RunnerEvent[] {
    return this.#stream?.events ?? [];
  }

  get ended(): boolean {
    return this.#stream?.ended ?? false;
  }

  get state(): RunnerState {
    const [last] = this.events.flatMap(event => (event.kind === 'state' ? [event.state] : [])).slice(-1);
    return last ?? this.specification.state;
  }

  get startId(): string {
    return this.specification.startId;
  }

  progress(buildId: string, state?: string, lines: string[] = [], from?: number) {
    return this.report(buildId, { state, from, lines });
  }

  /** Reports of a build that does not see its files, as its runner does until it has them. */
  waitForFiles(buildId: string) {
    return this.report(buildId, { state: 'copy', wants: 'files', lines: [] });
  }

  /** Goes on waiting for files, as it says each time, and says what comes. */
  receives(buildId: string, ...lines: string[]) {
    return this.report(buildId, { state: 'copy', wants: 'files', lines });
  }

  private report(buildId: string, said: Omit<BuildProgress, 'startId' | 'state'> & { state?: string }) {
    const body = { startId: this.startId, ...said };
    return this.test.call<BuildProgressReply & ErrorReply>(
      this.token,
      'POST',
      `runner/builds/${buildId}/progress`,
      body
    );
  }

  result(buildId: string, outcome: BuildResult['outcome'] = BUILT) {
    const body = { startId: this.startId, outcome };
    return this.test.call<RunnerState & ErrorReply>(this.token, 'POST', `runner/builds/${buildId}/result`, body);
  }

  heartbeat(sessions: string[] = [], app: AppStatus = SERVING, connections = sessions.length) {
    const body = { startId: this.startId, app, sessions, connections, lastActivity: null };
    return this.test.call<HeartbeatReply & ErrorReply>(this.token, 'POST', 'runner/heartbeat', body);
  }

  /** Says what became of the files of the deleted dashboard. */
  removed(problem: Problem | null = null) {
    return this.test.call(this.token, 'POST', 'runner/removed', { startId: this.startId, problem });
  }

  /** Does the job it was given, and serves. */
  async build(): Promise<void> {
    const job = await eventually(() => this.state.job);
    await this.progress(job.id, 'copy');
    await this.result(job.id);
    await this.heartbeat([], { ...SERVING, version: this.state.live?.n ?? 1 });
  }

  close(): void {
    this.#stream?.close();
  }
}

/** Lets every start at the Hub bring up a runner, as an installation in order does. */
export function startRunners(test: TestService): FakeRunner[] {
  const runners: FakeRunner[] = [];
  test.hub.onStart = async (owner, server) => {
    runners.push(await FakeRunner.start(test, owner, server));
    return { status: 201 };
  };
  test.hub.onStop = (owner, server) => {
    for (const runner of runners) {
      if (runner.specification.owner === owner && runner.specification.serverName === server) {
        runner.close();
      }
    }
  };
  return runners;
}

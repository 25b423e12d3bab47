import type { BuildJob, BuildState, RunnableVersion, Wants } from '../../contract';
import { ProblemError, problemOf, systemCode } from '../../problem-error';
import type { Allowed, EngineOptions } from '../engine';
import type { PushDesk } from '../storage/relay/push-desk';
import type { AppSurroundings } from '../supervisor/app';
import type { GitAccess } from '../storage/git/git-access';
import type { RunningVersion } from '../supervisor/running-version';
import type { EngineTiming } from '../supervisor/timing';
import { storedVersions } from '../versions/stored';
import { untilAborted } from '../until-aborted';
import type { Limits } from '../../files/limits';
import { storeClosed } from '../../files/problems';
import { activate } from './activate';
import { versionOf, type Success } from './build';
import { discard, publish } from './publish';
import { Reporter } from './reporter';

export interface BuildInput {
  job: BuildJob;
  around: AppSurroundings;
  timing: EngineTiming;
  limits: Limits;
  pushes: PushDesk;
  allowed: Allowed;
  git: GitAccess;
  reports: EngineOptions['reports'];
  /** Waited for before anything is written. */
  ready: Promise<void>;
  /** The app of a version, running or not, kept by the engine under its number. */
  prepare(version: RunnableVersion): RunningVersion;
  /** Sees to it that the app of version `n` fits into memory. */
  makeRoom(n: number, tell: (line: string) => void): Promise<void>;
  /** Lets viewers who already wait for the version have their page before it is checked. */
  firstPage(n: number, signal: AbortSignal): Promise<void>;
  /** Ends the app of the version that has failed. */
  dismiss(n: number): Promise<void>;
  stage(stage: BuildState): void;
  line(line: string): void;
  /** The version works; called before the service is told. */
  succeeded(n: number): void;
}

/** The build under way. */
export interface CurrentBuild {
  job: BuildJob;
  version: number;
  /** Settles when the service has been told, or the build was given up. Never rejects. */
  ended: Promise<void>;
  /** Ends it as cancelled. */
  cancel(): void;
  /** Ends it without telling the service, which will give the job to the next runner. */
  abandon(): void;
}

/** As much as a problem may say of it. */
const LEFT_LENGTH = 500;

/** Does a job and tells the service how it went. */
export function startBuild(input: BuildInput): CurrentBuild {
  const stop = new AbortController();
  const abandoned = new AbortController();
  const cancel = () =>
    stop.abort(
      new ProblemError('cancelled', 'This build was cancelled.', { fix: 'Publish again when you are ready.' })
    );
  return {
    job: input.job,
    version: versionOf(input.job),
    ended: run(input, stop.signal, abandoned.signal, cancel),
    cancel,
    abandon() {
      abandoned.abort();
      cancel();
    }
  };
}

async function run(input: BuildInput, signal: AbortSignal, abandoned: AbortSignal, cancel: () => void): Promise<void> {
  const { job } = input;
  const reporter = new Reporter(job, input.reports, cancel);
  let outcome: Success | { ok: false; problem: ReturnType<typeof problemOf> };
  try {
    outcome = await work(input, reporter, signal);
    input.succeeded(versionOf(job));
  } catch (error) {
    const problem = problemOf(signal.aborted ? signal.reason : (storeClosed(error) ?? error));
    const say = (line: string) => {
      input.line(line);
      reporter.line(line);
    };
    say(problem.message);
    const left = (await clean(input)).slice(0, LEFT_LENGTH);
    say(left);
    outcome = { ok: false, problem: { ...problem, left } };
  }
  await reporter.close(abandoned);
  if (!abandoned.aborted) {
    await untilAborted(input.reports.result(job, outcome), abandoned);
  }
}

async function work(input: BuildInput, reporter: Reporter, signal: AbortSignal): Promise<Success> {
  const { job } = input;
  let giveBack = () => {};
  let dismiss = () => {};
  const context = {
    around: input.around,
    limits: input.limits,
    pushes: input.pushes,
    allowed: input.allowed,
    git: input.git,
    proofMs: input.timing.proofMs,
    signal,
    makeRoom: input.makeRoom,
    firstPage: (n: number) => input.firstPage(n, signal),
    stage(stage: BuildState) {
      input.stage(stage);
      reporter.stage(stage);
    },
    line(line: string) {
      input.line(line);
      reporter.line(line);
    },
    wants: (what: Wants) => reporter.wants(what),
    prepare(version: RunnableVersion) {
      const running = input.prepare(version);
      giveBack = running.log.divert(line => {
        input.line(line);
        reporter.line(line);
      });
      dismiss = () => void input.dismiss(version.n);
      signal.addEventListener('abort', dismiss);
      return running;
    }
  };
  try {
    await untilAborted(input.ready, signal);
    signal.throwIfAborted();
    const success = await (job.kind === 'publish' ? publish(job, context) : activate(job, context));
    signal.throwIfAborted();
    return success;
  } finally {
    giveBack();
    // From here on the version may be live: a late cancellation must not end it.
    signal.removeEventListener('abort', dismiss);
  }
}

/** @returns what is left, in a sentence. */
async function clean(input: BuildInput): Promise<string> {
  const n = versionOf(input.job);
  await input.dismiss(n);
  if (input.job.kind === 'activate') {
    const { gone } = await storedVersions(input.around.places, [n]);
    return gone.includes(n) ? `Nothing of version ${n} is left.` : `The files of version ${n} are kept.`;
  }
  try {
    await discard(input.job, input);
    return `Nothing of version ${n} is left.`;
  } catch (error) {
    const why = systemCode(error) ?? problemOf(error).message;
    return `Some files of version ${n} could not be removed yet (${why}): that is tried again by itself.`;
  }
}

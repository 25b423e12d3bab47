import {
  versionPrefix,
  type BuildJob,
  type BuildResult,
  type BuildState,
  type FrameworkId,
  type RunnableVersion,
  type Wants
} from '../../contract';
import type { Allowed } from '../engine';
import { prove } from '../health/proof';
import type { PushDesk } from '../storage/relay/push-desk';
import type { AppSurroundings } from '../supervisor/app';
import type { GitAccess } from '../storage/git/git-access';
import type { RunningVersion } from '../supervisor/running-version';
import type { Limits } from '../../files/limits';
import { untilAborted } from '../until-aborted';

/** What a build needs of the engine around it. */
export interface BuildContext {
  around: AppSurroundings;
  limits: Limits;
  /** Where files arrive that are sent. */
  pushes: PushDesk;
  allowed: Allowed;
  git: GitAccess;
  proofMs: number;
  signal: AbortSignal;
  /** Sees to it that the app of version `n` fits into memory. */
  makeRoom(n: number, tell: (line: string) => void): Promise<void>;
  /** Lets viewers who already wait for the version have their page before it is checked. */
  firstPage(n: number): Promise<void>;
  stage(stage: BuildState): void;
  line(line: string): void;
  /** Tells the author's side whether the build waits for its files to be sent. */
  wants(what: Wants): void;
  /** The app of this version, not yet started. Its log lines are the build's. */
  prepare(version: RunnableVersion): RunningVersion;
}

export type Success = Extract<BuildResult['outcome'], { ok: true }>;

/** Number of the version that a job is about. */
export function versionOf(job: BuildJob): number {
  return job.kind === 'publish' ? job.n : job.version.n;
}

/** What the check is about, where it runs more than one page. */
const FIRST_RUN: Partial<Record<FrameworkId, string>> = {
  voila: 'Running the notebook once.',
  panel: 'Running the app once.',
  bokeh: 'Running the app once.',
  streamlit: 'Running the script once.'
};

/** Starts a version, and lets it prove that it works where that has not been seen before. */
export async function startAndCheck(
  context: BuildContext,
  version: RunnableVersion,
  first: boolean
): Promise<string[]> {
  context.stage('start');
  await context.makeRoom(version.n, context.line);
  context.signal.throwIfAborted();
  const running = context.prepare(version);
  if (!running.target) {
    const started = running.start();
    // It may be one that others wait for, which goes on.
    await untilAborted(started, context.signal);
    context.signal.throwIfAborted();
    await started;
  }
  context.stage('check');
  const target = running.target;
  if (!first || !target) {
    return [];
  }
  await context.firstPage(version.n);
  context.line(FIRST_RUN[version.framework] ?? 'Opening the first page.');
  return prove(version.framework, {
    target,
    prefix: versionPrefix(context.around.prefix, version.n),
    files: context.around.places.files(version.n),
    entry: version.entry,
    python: context.around.python,
    log: running.log,
    timeoutMs: context.proofMs,
    signal: context.signal
  });
}

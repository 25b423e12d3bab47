import type { FrameworkId } from '../../contract';
import { frameworkOf, type AppFailure } from '../../frameworks';
import type { Target } from '../engine';
import { ProblemError } from '../problem-error';
import type { AppLog } from '../supervisor/app-log';
import { proveCommand } from './command-proof';
import { proveStreamlit } from './streamlit-proof';
import { proveVoila } from './voila-proof';

/** A running app that has to show that it works. */
export interface ProofInput {
  target: Target;
  /** Path of the version, with slashes at both ends. */
  prefix: string;
  log: AppLog;
  timeoutMs: number;
  signal: AbortSignal;
}

const PROOFS: Record<FrameworkId, (input: ProofInput) => Promise<string[]>> = {
  voila: proveVoila,
  streamlit: proveStreamlit,
  command: proveCommand
};

/**
 * Runs an app once as its first viewer would, to the end.
 *
 * @returns warnings for the author.
 * @throws ProblemError `app_failed`
 */
export function prove(framework: FrameworkId, input: ProofInput): Promise<string[]> {
  return PROOFS[framework](input);
}

/** The error that viewers would meet. */
export function appFailed(framework: FrameworkId, failure: AppFailure): ProblemError {
  const what = framework === 'voila' ? 'notebook' : 'app';
  return new ProblemError('app_failed', `The ${what} failed: ${failure.summary}`, {
    fix: `Correct the ${what} and publish again.`,
    detail: failure.detail
  });
}

/** The app did not come to the end of its first run. */
export function notFinished(framework: FrameworkId, timeoutMs: number): ProblemError {
  const title = frameworkOf(framework).title;
  const seconds = Math.round(timeoutMs / 1_000);
  return new ProblemError('app_failed', `${title} did not finish the first page within ${seconds} s.`, {
    fix: 'Make it faster, for example by computing its data beforehand, and publish again.'
  });
}

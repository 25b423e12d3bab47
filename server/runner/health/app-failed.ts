import type { FrameworkId } from '../../contract';
import { frameworkOf, missingModule, type AppFailure } from '../../frameworks';
import { ProblemError } from '../../problem-error';

/**
 * The error that viewers would meet.
 *
 * @param python - that the app runs in.
 * @param file - which of several it was; null for a dashboard of one app.
 */
export function appFailed(
  framework: FrameworkId,
  failure: AppFailure,
  python: string,
  file: string | null = null
): ProblemError {
  const kind = framework === 'voila' ? 'notebook' : 'app';
  const what = file ?? `The ${kind}`;
  const missing = missingModule(failure.summary);
  if (missing) {
    return new ProblemError(
      'app_failed',
      `${what} needs the Python module ${missing.module}, which is not installed.`,
      {
        fix:
          `Install it in a terminal with: ${python} -m pip install ${missing.distribution} – or, if it is a file of your ` +
          'own, publish the whole folder that it is in.',
        detail: failure.detail
      }
    );
  }
  const alternative = file === null ? '' : ', or leave it out with a line in .dashboardignore,';
  const unfound = /^FileNotFoundError\b/.test(failure.summary)
    ? ' If it is a file of your own, publish the whole folder that it is in.'
    : '';
  return new ProblemError('app_failed', `${what} failed: ${failure.summary}`, {
    fix: `Correct the ${kind}${alternative} and publish again.${unfound}`,
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

/** The app answered, but not with its page. */
export function wrongAnswer(framework: FrameworkId, status: number, detail: string): ProblemError {
  const { title } = frameworkOf(framework);
  return new ProblemError('app_failed', `${title} answered with error ${status} instead of the page.`, {
    fix: 'Read the log, correct the app and publish again.',
    detail
  });
}

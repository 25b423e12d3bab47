import type { Framework } from '../../frameworks';
import { lastTraceback } from '../../frameworks/log-text';
import { ProblemError } from '../../problem-error';
import { appFailed } from '../health/app-failed';
import type { Exit } from './launch';

/** What to say about an app that has ended by itself. */
export function exitProblem(framework: Framework, python: string, exit: Exit, log: readonly string[]): ProblemError {
  const missing = framework.module && new RegExp(`No module named '?${framework.module}'?\\s*$`);
  if (missing && log.slice(-20).some(line => missing.test(line))) {
    return new ProblemError('framework_missing', `${framework.title} is not installed in ${python}.`, {
      fix: `Install it in a terminal with: ${python} -m pip install ${framework.distribution ?? framework.module}`
    });
  }
  const failure = framework.module !== null && exit.code === 1 ? framework.failure(log) : null;
  if (failure) {
    return appFailed(framework.id, failure, python);
  }
  const how = exit.signal ? `was ended by ${exit.signal}` : `ended with code ${exit.code ?? 'unknown'}`;
  const killed = exit.signal === 'SIGKILL' || exit.code === 137;
  return new ProblemError('app_exited', `The app ${how}.`, {
    fix: killed
      ? 'It may have used more memory than this server has. Let it use less, or ask your administrator for more, then publish again.'
      : 'Read the log, correct the app and publish again.',
    detail: (lastTraceback(log) ?? log.slice(-40)).join('\n')
  });
}

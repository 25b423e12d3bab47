import { ProblemError } from '../../problem-error';
import { Refused } from './push-client';

/** What came of an attempt, in a few words. */
export function saidBy(error: unknown): string {
  if (error instanceof Refused) {
    return `something else answered there (status ${error.status})`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** @param failures - a line for each address that was tried */
export function unreachable(failures: readonly string[]): ProblemError {
  return new ProblemError(
    'relay_unreachable',
    'Your server cannot reach the dashboard’s server to send it the files.',
    {
      fix: 'Try again. If it stays so, show the detail to your administrator: the option relay_url says where servers reach the hub’s proxy.',
      detail: failures.join('\n')
    }
  );
}

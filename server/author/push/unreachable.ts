import { ProblemError } from '../../problem-error';
import { Refused, Untrusted } from './push-client';

/** What came of an attempt, in a few words. */
function saidBy(error: unknown): string {
  if (error instanceof Refused) {
    return `something else answered there (status ${error.status})`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** What did not answer, or not as it should. */
export interface Failure {
  url: string;
  error: unknown;
}

/** Whether trying again may help: an address that is not trusted stays so. */
export function mayPass(failures: readonly Failure[]): boolean {
  return failures.some(({ error }) => !(error instanceof Untrusted));
}

/** @param failures - of each address that was tried. */
export function unreachable(failures: readonly Failure[]): ProblemError {
  return new ProblemError(
    'relay_unreachable',
    'Your server cannot reach the dashboard’s server to send it the files.',
    {
      fix: failures.some(({ error }) => error instanceof Untrusted)
        ? 'Show the detail to your administrator: users’ servers do not trust the certificate there. NODE_EXTRA_CA_CERTS in their environment names a file of certificates that they trust, too; or relay_url names an address without one.'
        : 'Try again. If it stays so, show the detail to your administrator: the option relay_url says where servers reach the hub’s proxy.',
      detail: failures.map(({ url, error }) => `${url}: ${saidBy(error)}`).join('\n')
    }
  );
}

import { PUSH_PATIENCE_MS } from '../../contract/relay';
import { NoAnswer, Refused, Untrusted } from './push-client';

/** For how long something else may answer at the address of the dashboard's server, which is being started again. */
const REPLACED_PATIENCE_MS = 120_000;

/**
 * For how long trying again may help. 409: ask again; 423: somebody else is sending; 413 and what is not of the dashboard's
 * server are of what is on the way.
 */
export function patienceWith(error: unknown): number {
  if (error instanceof NoAnswer && !(error instanceof Untrusted)) {
    return PUSH_PATIENCE_MS;
  }
  if (error instanceof Refused) {
    if ([409, 413, 423].includes(error.status) || (error.problem === null && error.status >= 500)) {
      return PUSH_PATIENCE_MS;
    }
    return error.problem === null ? REPLACED_PATIENCE_MS : 0;
  }
  return 0;
}

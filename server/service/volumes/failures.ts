import type { ErrorCode } from '../../contract';
import { ServiceError } from '../errors';
import { Refused } from './cluster/failures';

const HUB = 'Tell the administrator of this hub.';

export function unsupported(message: string, detail?: string): ServiceError {
  const fix = `${HUB} Files can be sent instead (\`relay\`), or be published from a git repository.`;
  return failure('clone_unsupported', message, fix, detail);
}

export function sourceGone(claim: string): ServiceError {
  return failed(
    `The volume ${claim}, which the files are on, was deleted, or is being deleted.`,
    'Publish again once your files are on another one.'
  );
}

export function failed(
  message: string,
  fix = `Publish again. If it happens again: ${lower(HUB)}`,
  detail?: string
): ServiceError {
  return failure('clone_failed', message, fix, detail);
}

export function tookTooLong(claim: string, seconds: number, reason: string | null): ServiceError {
  return failure(
    'clone_timeout',
    `The volume ${claim} was not cloned within ${seconds} s.`,
    'Publish again later. An administrator can allow more time (`clone_timeout`).',
    reason ?? undefined
  );
}

export function calledOff(): ServiceError {
  return failure('cancelled', 'This build was cancelled.', 'Publish again when you are ready.');
}

/** What a person is told where the API server takes no new claim or snapshot. */
export function notTaken(error: unknown, what: 'claim' | 'snapshot'): unknown {
  if (!(error instanceof Refused)) {
    return error;
  }
  if (error.status === 403 && error.message.includes('exceeded quota')) {
    return failure(
      'disk_full',
      'There is no room left for another volume: a quota of the namespace is used up.',
      'Delete old dashboards, or ask the administrator of this hub to keep fewer versions or to raise the quota.',
      error.message
    );
  }
  if (error.status === 404 && what === 'snapshot') {
    return unsupported(
      'This cluster has no snapshots of volumes: the types of `snapshot.storage.k8s.io` are not there.',
      error.message
    );
  }
  return failed(`The cluster does not take the ${what} that a version needs.`, HUB, error.message);
}

function failure(code: ErrorCode, message: string, fix: string, detail?: string): ServiceError {
  return new ServiceError(code, 409, message, fix, detail);
}

function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

import { setTimeout as pause } from 'node:timers/promises';

import { GitCredentialSecret, RUNNER } from '../../../contract';
import { parseGitAddress } from '../../../git/address';
import type { AllowedHosts } from '../../../git/hosts';
import { ProblemError } from '../../../problem-error';
import { ServiceError, type ServiceClient } from '../../reports/service-client';
import type { PublishJob } from '../strategy';
import type { GitCredential } from './credential';

/** What repositories are fetched with, besides what their source says. */
export interface GitAccess {
  hosts: AllowedHosts;
  /** What the source of a job is read with; `own`: the author's own ways; null: nothing. */
  credential(job: PublishJob, signal: AbortSignal): Promise<GitCredential | 'own' | null>;
}

/** What the Hub knows of the author's sign-in at the host of their repositories. */
export interface HubGitToken {
  host: string;
  token: string;
}

const ATTEMPTS = 5;
const AGAIN_MS = 2_000;

/** Stored credentials are asked of the service, each time anew: none is kept here. */
export function createGitAccess(options: {
  client: Pick<ServiceClient, 'get'>;
  startId: string;
  hosts: AllowedHosts;
  /** Null: the Hub tells none. */
  token: HubGitToken | null;
}): GitAccess {
  const { client, startId, hosts, token } = options;

  async function stored(buildId: string, signal: AbortSignal): Promise<GitCredential> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await client.get(RUNNER.gitCredential(buildId, startId), GitCredentialSecret, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ServiceError) || !error.passing) {
          throw gone(error);
        }
        if (attempt === ATTEMPTS) {
          throw error;
        }
        await pause(AGAIN_MS, undefined, { signal });
      }
    }
  }

  return {
    hosts,
    async credential({ id, source }, signal) {
      if (source.kind !== 'git' || source.credential === undefined) {
        return null;
      }
      if (source.credential !== 'own') {
        return stored(id, signal);
      }
      const { host, protocol } = parseGitAddress(source.url);
      return token?.host === host && protocol !== 'ssh' ? { kind: 'token', username: null, ...token } : 'own';
    }
  };
}

function gone(cause: unknown): ProblemError {
  return new ProblemError('git_refused', 'The git credential that this dashboard is published with is gone.', {
    fix: 'Store one again, choose it, and publish again.',
    cause
  });
}

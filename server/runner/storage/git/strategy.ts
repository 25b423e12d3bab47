import { BadAddress } from '../../../git/bad-address';
import { ProblemError } from '../../../problem-error';
import { copy } from '../copy';
import type { StorageStrategy } from '../strategy';
import { sweepGit } from './sweep';

/** Files of a repository, in a checkout that is kept beside the versions. */
export const git: StorageStrategy = {
  id: 'git',
  keeps: ['git'],
  tidy: sweepGit,
  async fetch(job, { around, limits, git: access, signal, line }) {
    const { source } = job;
    if (source.kind !== 'git') {
      throw new Error('Only sources of the kind git are fetched with git');
    }
    // Most dashboards never need it.
    const { fetchGit } = await import('./fetch-git');
    try {
      return await fetchGit(source, {
        dashboardFolder: around.places.dashboard,
        home: around.home,
        credential: await access.credential(job, signal),
        hosts: access.hosts,
        limits,
        environment: around.environment,
        signal,
        line
      });
    } catch (error) {
      throw error instanceof BadAddress ? new ProblemError('git_address', error.message, { fix: error.fix }) : error;
    }
  },
  make: copy
};

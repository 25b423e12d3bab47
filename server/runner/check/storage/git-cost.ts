import path from 'node:path';

import { STRATEGIES, type Strategy } from '../../../contract';
import { DEFAULT_LIMITS } from '../../../files/limits';
import { placesIn } from '../../../files/places';
import { ProblemError } from '../../../problem-error';
import { removeTree } from '../../versions/remove';
import { notTried, ok, type Attempt } from './attempt';
import { publishedBy } from './fetched';
import { serveRepository } from './git-origin';
import type { MadeUp } from './made-up-project';
import { measure } from './measure';

const COMMIT_MS = 60_000;
/** The repository that is made up: none of it is stored in a smaller form, which would only take time. */
const SETTINGS = [
  'user.name=check',
  'user.email=check@localhost',
  'commit.gpgsign=false',
  'core.compression=0',
  'core.autocrlf=false',
  'core.hooksPath=/dev/null',
  'gc.auto=0',
  'safe.directory=*'
];

export interface GitCostInput {
  project: MadeUp;
  strategies?: readonly Strategy[];
  environment: Readonly<Record<string, string>>;
}

/** What publishing from a repository costs: a made-up project is committed, fetched from this machine, and copied. */
export const gitCost = ({ project, strategies = STRATEGIES, environment }: GitCostInput): Attempt => ({
  id: 'git-cost',
  what: 'Fetching a repository',
  fix: 'Install all of git where users’ servers run, to publish from repositories:\napt-get install git',
  async tries(ground, before, stop) {
    if (!strategies.includes('git')) {
      return notTried('this hub publishes from no repository');
    }
    if (before.get('git')?.works !== true) {
      return notTried('there is no git, or an old one');
    }
    if (before.get('strategy')?.works !== true && before.get('strategy')?.state !== 'warning') {
      return notTried('a project cannot be copied');
    }
    const { home, made } = ground;
    const repository = path.join(made, 'repository');
    // The name is the mark of what git starts: no other check's, and no dashboard's.
    const places = placesIn(path.join(made, path.basename(made).replace(/\./g, '')));
    // This machine is reached without those.
    const direct = Object.fromEntries(Object.entries(environment).filter(([name]) => !/_proxy$/i.test(name)));
    let close = () => {};
    try {
      return await measure(
        async signal => {
          const { fetchGit } = await import('../../storage/git/fetch-git');
          const { root, size, change } = await project(ground, signal);
          const commit = await committing(root, repository, direct, signal);
          await commit();
          const origin = await serveRepository(repository, direct);
          ({ close } = origin);
          const fetch = () =>
            fetchGit(
              { url: origin.url, ref: '', root: '.' },
              {
                dashboardFolder: places.dashboard,
                home,
                credential: null,
                hosts: [origin.host],
                limits: DEFAULT_LIMITS,
                environment: direct,
                signal,
                line: () => undefined
              }
            );
          const changed = async () => {
            await change();
            await commit();
          };
          return publishedBy(fetch, { size, change: changed }, { home, places });
        },
        {
          how: ' from a repository',
          slow: 'Look whether the storage or the machine is overloaded.',
          fix: this.fix
        },
        stop,
        costs => ok(`Fetching and copying, tried with a repository on this machine, ${costs}`)
      );
    } finally {
      close();
      await removeTree(places.dashboard);
      await removeTree(repository);
    }
  }
});

/** Makes a repository beside the project; what it returns commits the project as it is then. */
async function committing(
  root: string,
  repository: string,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal
): Promise<() => Promise<void>> {
  const { runGit } = await import('../../storage/git/run-git');
  const settings = SETTINGS.flatMap(setting => ['-c', setting]);
  const own = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', LC_ALL: 'C.UTF-8', HOME: '/' };
  const git = async (...args: string[]) => {
    const run = await runGit([...settings, ...args], {
      folder: root,
      environment: { ...environment, ...own },
      signal,
      limitMs: COMMIT_MS
    });
    if (run.code !== 0) {
      throw new ProblemError('git_failed', 'git could not make the repository.', { fix: '', detail: run.stderr });
    }
  };
  await git('init', '--quiet', '--bare', '--template=', '--initial-branch=main', repository);
  return async () => {
    const there = [`--git-dir=${repository}`, `--work-tree=${root}`];
    await git(...there, 'add', '--all', '--force');
    await git(...there, 'commit', '--quiet', '--message=Change');
  };
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { STRATEGIES, type Strategy } from '../../../contract';
import { problemOf } from '../../../problem-error';
import { checkVersion } from '../../storage/git/version';
import { ok, reason, warning, type Attempt } from './attempt';

/** Dashboards that are published from a repository need the program. */
export const git = (strategies: readonly Strategy[] = STRATEGIES): Attempt => ({
  id: 'git',
  what: 'git',
  fix: 'Install it where users’ servers run, to publish from repositories:\napt-get install git',
  async tries(_ground, _before, signal) {
    try {
      const { stdout } = await promisify(execFile)('git', ['--version'], { timeout: 10_000, signal, cwd: '/' });
      const old = strategies.includes('git') ? await tooOld(signal) : null;
      return old === null
        ? ok(`${stdout.trim()} runs where dashboards do.`)
        : warning(`${old} Of hosts that git_hosts names, 2.32 can fetch.`, this.fix);
    } catch (error) {
      signal.throwIfAborted();
      if (!strategies.includes('git')) {
        return ok(`There is no program git (${reason(error)}), and this hub publishes from no repository.`, false);
      }
      return warning(
        `There is no program git (${reason(error)}): nothing can be published from a repository.`,
        this.fix
      );
    }
  }
});

/** What is said to authors who publish from any public host; null: nothing. */
async function tooOld(signal: AbortSignal): Promise<string | null> {
  const { PATH = '' } = process.env;
  return checkVersion({ PATH }, { pins: true, signal }).then(
    () => null,
    (error: unknown) => problemOf(error).message
  );
}

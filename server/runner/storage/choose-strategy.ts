import { STRATEGIES, type Strategy } from '../../contract';
import { expandHome } from '../../files/home';
import { ProblemError } from '../../problem-error';
import { sightOf } from './sight';
import type { PublishJob } from './strategy';

/**
 * How the files of a job come here. Said by its source or by what the service has prepared, else found out by looking; never
 * told from names.
 *
 * @param allowed - those that this hub allows; undefined: all.
 * @throws ProblemError `strategy_forbidden` or `files_not_here`
 */
export async function chooseStrategy(
  job: PublishJob,
  home: string,
  allowed: readonly Strategy[] = STRATEGIES
): Promise<Strategy> {
  const { source, place, before, cloned } = job;
  if (source.kind === 'git') {
    return permitted('git', allowed);
  }
  if (cloned) {
    return permitted(cloned.strategy, allowed);
  }
  const here = !place || (await sightOf(expandHome(source.root, home), place)) === 'seen';
  if (source.live) {
    if (!here) {
      throw notHere(source.root, 'Publish them as they are now instead of as you save them.');
    }
    return permitted('live', allowed);
  }
  // Where nobody has said what there is to be seen, a folder of that name here may be another than the one that was sent.
  const sent = !place && before === 'relay' && allowed.includes('relay');
  if (here && !sent && allowed.includes('snapshot')) {
    return 'snapshot';
  }
  if (sent || (allowed.includes('relay') && place)) {
    return 'relay';
  }
  throw here
    ? forbidden('snapshot', allowed)
    : notHere(source.root, 'Publish from a Git repository, or ask your administrator for `relay`.');
}

function permitted(strategy: Strategy, allowed: readonly Strategy[]): Strategy {
  if (!allowed.includes(strategy)) {
    throw forbidden(strategy, allowed);
  }
  return strategy;
}

const SAID: Record<Strategy, string> = {
  snapshot: 'files as they are now',
  live: 'files as they are saved',
  relay: 'files that are sent to the dashboard’s server',
  git: 'files of a Git repository',
  clone: 'files on a clone of their volume',
  'volume-snapshot': 'files of a snapshot of their volume'
};

/** The service says so before anything is begun; a hub whose options have changed since says it here. */
function forbidden(strategy: Strategy, allowed: readonly Strategy[]): ProblemError {
  return new ProblemError('strategy_forbidden', `On this hub, ${SAID[strategy]} cannot be published.`, {
    fix: `Publish ${allowed.map(id => SAID[id]).join(' or ')}; or ask your administrator to allow it.`
  });
}

function notHere(root: string, fix: string): ProblemError {
  return new ProblemError('files_not_here', `The server of this dashboard does not see the files in ${root}.`, { fix });
}

import type { Problem } from '../../contract';
import { problem } from '../errors';
import { VERSION } from '../version';

/** The oldest runner that this service understands: raised with every change that an older one would not know of. */
export const OLDEST_RUNNER = '0.1.0';

/** Whether runner and service understand each other. Newer runners know older services; unknown versions are tried. */
export function isOutdated(runner: string | undefined, oldest = OLDEST_RUNNER): boolean {
  const [theirs, least] = [numbers(runner ?? ''), numbers(oldest)];
  if (!theirs || !least) {
    return false;
  }
  const different = theirs.findIndex((number, index) => number !== least[index]);
  return different >= 0 && (theirs[different] ?? 0) < (least[different] ?? 0);
}

export function runnerOutdated(runner: string): Problem {
  return problem(
    'runner_outdated',
    `The runner in this dashboard's server is of version ${runner}, too old for this hub's dashboards service (${VERSION}).`,
    'Start the dashboard again. If this stays, the environment of single-user servers has the old package: pip install --upgrade "jupyterhub-dashboards[node]"'
  );
}

function numbers(version: string): number[] | null {
  const [, ...parts] = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})/.exec(version) ?? [];
  return parts.length === 3 ? parts.map(Number) : null;
}

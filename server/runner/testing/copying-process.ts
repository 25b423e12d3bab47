import { readdirSync } from 'node:fs';

import { ProblemError } from '../../problem-error';
import { placesOf } from '../../files/places';
import { takeSnapshot } from '../versions/snapshot';
import { DEFAULT_LIMITS } from '../../files/limits';
import { copierThat } from './copier-double';

/**
 * Takes one version of a folder in a process of its own, which kills itself at the given step, if there is one; steps are
 * counted by the copier's looks at whether it is to stop. Says how it went, how many steps it took and what is left.
 */
async function main(home: string, root: string, version: number, killAt: number): Promise<void> {
  let steps = 0;
  const step = () => {
    if (++steps === killAt) {
      process.kill(process.pid, 'SIGKILL');
    }
  };
  const copy = copierThat(() => undefined, step);
  const places = placesOf(home, 'd1');
  const outcome = await takeSnapshot({
    places,
    home,
    version,
    source: { root, entry: '.', scope: 'folder' },
    signal: new AbortController().signal,
    limits: DEFAULT_LIMITS,
    progress: () => undefined,
    async copier(...order) {
      const copied = await copy(...order);
      step();
      return copied;
    }
  }).then(
    () => 'taken',
    (error: unknown) => (error instanceof ProblemError ? error.problem.code : String(error))
  );
  process.stdout.write(`${JSON.stringify({ outcome, steps, left: readdirSync(places.versions) })}\n`);
}

const [home = '', root = '', version, killAt] = process.argv.slice(2);
void main(home, root, Number(version), Number(killAt));

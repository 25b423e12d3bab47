import { placesOf } from '../../files/places';
import { takeSnapshot } from '../versions/snapshot';
import { DEFAULT_LIMITS } from '../../files/limits';

/** A program for tests: makes version `n` of the folder `root`, as the runner of a dashboard in `home` does. Says when it begins. */
async function main(): Promise<void> {
  const [home = '', root = '', n = ''] = process.argv.slice(2);
  process.stdout.write('begun\n');
  await takeSnapshot({
    places: placesOf(home, 'd1'),
    home,
    version: Number(n),
    source: { root, entry: '.', scope: 'folder' },
    signal: new AbortController().signal,
    limits: DEFAULT_LIMITS,
    progress: () => undefined
  });
}

void main();

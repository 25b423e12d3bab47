// Takes versions as the runner does, from its TypeScript: a line asks for one, a line says how long that took.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { DEFAULT_LIMITS } from '../../server/files/limits';
import { placesOf } from '../../server/files/places';
import { removeVersion } from '../../server/runner/versions/remove';
import { takeSnapshot } from '../../server/runner/versions/snapshot';

createInterface({ input: process.stdin }).on('line', async line => {
  const { home, dashboard, version, root, own, remove } = JSON.parse(line);
  const places = placesOf(home, dashboard);
  const done = await (remove ? removeVersion(places, version) : take(places, home, version, root, own));
  process.stdout.write(`${JSON.stringify(done ?? {})}\n`);
});

async function take(places, home, version, root, own) {
  const began = performance.now();
  await takeSnapshot({
    places,
    home,
    version,
    source: { root, entry: '.', scope: 'folder' },
    own,
    signal: new AbortController().signal,
    limits: DEFAULT_LIMITS,
    progress: () => undefined
  });
  const seconds = (performance.now() - began) / 1_000;
  const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return { seconds, peak_mb: Number(peak) / 1_024, files: places.files(version) };
}

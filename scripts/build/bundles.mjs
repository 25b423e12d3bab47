import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { run } from '../setup/command.mjs';
import { ROOT } from '../setup/paths.mjs';
import { fingerprint, once } from '../setup/stamp.mjs';

/** Programs of the package, and where each begins. */
export const PROGRAMS = {
  service: 'server/service/main.ts',
  runner: 'server/runner/main.ts',
  'runner-rest': 'server/runner/runner.ts',
  copier: 'server/runner/versions/copier/main.ts',
  hasher: 'server/runner/versions/copier/hasher.ts',
  'files-watcher': 'server/runner/storage/live/files-watcher.ts',
  verifier: 'server/runner/versions/verifier/main.ts',
  receiver: 'server/runner/storage/relay/main.ts',
  author: 'server/author/main.ts',
  push: 'server/author/push/main.ts'
};
/** What is loaded by some services only. */
export const KUBE_CONFIG = { 'kube-config': 'server/service/volumes/cluster/kube-config.ts' };
const FOLDER = 'jupyterhub_dashboards/js';

/** Bundles each program into one file without node_modules, with the licences of what is in it. */
export function buildBundles({ node }) {
  const results = [
    ...Object.keys({ ...PROGRAMS, ...KUBE_CONFIG }).map(name => `${FOLDER}/${name}.js`),
    `${FOLDER}/THIRD-PARTY-LICENSES.txt`
  ];
  return once('bundles', fingerprint('server', 'package-lock.json', 'scripts/build'), results, async () => {
    const partial = join(ROOT, `${FOLDER}.partial`);
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    // In its own process: node_modules may have been installed by this one, a moment ago.
    await run([node, 'scripts/build/bundle.mjs', partial], {
      log: 'bundles',
      what: 'Bundling the programs'
    });
    rmSync(join(ROOT, FOLDER), { recursive: true, force: true });
    renameSync(partial, join(ROOT, FOLDER));
  });
}

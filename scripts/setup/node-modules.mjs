import { join } from 'node:path';

import { run } from './command.mjs';
import { ROOT } from './paths.mjs';
import { step } from './progress.mjs';
import { fingerprint, once } from './stamp.mjs';

/** Installs the Node packages of package-lock.json, unless they are there already. */
export function installNodeModules() {
  return step('Node packages', () =>
    once('node-modules', fingerprint('package-lock.json'), ['node_modules/.package-lock.json'], () =>
      run(['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
        log: 'npm',
        what: 'Installing the Node packages',
        fix: 'Check that this machine reaches the npm registry (npm ping), then run the same command again.',
        cwd: join(ROOT),
        env: { PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' }
      })
    )
  );
}

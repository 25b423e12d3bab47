import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { wheelPath } from '../build/wheel.mjs';
import { run } from './command.mjs';
import { installer } from './installer.mjs';
import { step } from './progress.mjs';
import { once } from './stamp.mjs';
import { STAMPS } from './paths.mjs';

/** Installs the wheel that was built last into an environment of this checkout; its dependencies are there already. */
export function installWheel(environment, python) {
  const name = basename(environment);
  const key = `${readFileSync(join(STAMPS, 'wheel'), 'utf8')} ${readFileSync(join(environment, '.requirements'), 'utf8')}`;
  return step(`This package in the environment ${name}`, () =>
    once(`installed-${name}`, key, [], async () => {
      const { uv } = await installer(python);
      const options = ['--no-deps', '--force-reinstall', wheelPath()];
      await run(uv.install(environment, options), {
        log: `install-${name}`,
        what: `Installing the package into ${environment}`
      });
    })
  );
}

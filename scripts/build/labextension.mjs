import { join } from 'node:path';

import { run } from '../setup/command.mjs';
import { ROOT } from '../setup/paths.mjs';
import { fingerprint, once } from '../setup/stamp.mjs';

const SOURCES = [
  ...['src', 'style', 'schema', 'server/contract', 'server/frameworks'],
  ...['package.json', 'package-lock.json', 'tsconfig.json', 'webpack.config.js']
];

/** Compiles `src/` to `lib/` and bundles it as a prebuilt extension for JupyterLab. */
export function buildLabExtension({ python, user, node }) {
  const results = ['jupyterhub_dashboards/labextension/package.json', 'lib/src/index.js'];
  return once('labextension', fingerprint(...SOURCES), results, async () => {
    await run([node, 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], {
      log: 'tsc',
      what: 'Compiling the Lab extension'
    });
    await run([node, builder(), '--core-path', corePath(user, python), '.'], {
      log: 'labextension',
      what: 'Bundling the Lab extension',
      env: { NODE_ENV: 'production' }
    });
  });
}

export function builder() {
  return join(ROOT, 'node_modules/@jupyterlab/builder/lib/build-labextension.js');
}

/** The packages that JupyterLab brings itself, as the installed JupyterLab lists them. */
export function corePath(user, python) {
  const [major, minor] = python.version.split('.');
  return join(user, 'lib', `python${major}.${minor}`, 'site-packages', 'jupyterlab', 'staging');
}

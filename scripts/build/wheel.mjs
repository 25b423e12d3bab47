import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { run } from '../setup/command.mjs';
import { Failure } from '../setup/failure.mjs';
import { tools } from '../setup/installer.mjs';
import { WORK } from '../setup/paths.mjs';
import { fingerprint, once } from '../setup/stamp.mjs';

const FOLDER = join(WORK, 'dist');
const SOURCES = [
  ...['pyproject.toml', 'hatch_build.py', 'install.json', 'jupyter-config', 'jupyterhub_dashboards'],
  ...['README.md', 'LICENSE']
];

/** Packs Python glue, Lab extension and programs into one wheel. */
export function buildWheel(python) {
  return once('wheel', fingerprint(...SOURCES), ['.demo/dist'], async () => {
    rmSync(FOLDER, { recursive: true, force: true });
    await run([join(await tools(python), 'bin', 'python'), '-m', 'hatchling', 'build', '-t', 'wheel', '-d', FOLDER], {
      log: 'wheel',
      what: 'Building the Python wheel'
    });
  });
}

/** The wheel that was built last. */
export function wheelPath() {
  const [wheel] = readdirSync(FOLDER).filter(name => name.endsWith('.whl'));
  if (!wheel) {
    throw new Failure('There is no built wheel.', { fix: 'Delete .demo/stamps and run the same command again.' });
  }
  return join(FOLDER, wheel);
}

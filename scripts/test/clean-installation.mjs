import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';

import { run } from '../setup/command.mjs';
import { installer } from '../setup/installer.mjs';
import { REQUIREMENTS } from '../setup/paths.mjs';
import { step } from '../setup/progress.mjs';

/**
 * As in the instructions for operators, and what many hubs have beside it; versions are those of the lock, what is needed says
 * the wheel.
 */
const ENVIRONMENTS = {
  hub: { extras: 'node', packages: ['jupyterhub', 'jupyterhub-idle-culler'] },
  user: { extras: 'lab,node', packages: ['jupyterhub', ...namesIn('shared/lab.in')] }
};
const NODE_PROGRAMS = new Set(['node', 'nodejs', 'npm', 'npx', 'corepack']);

/**
 * @typedef {{ hub: string, user: string }} Locks names of the files in `requirements/` with the versions of each
 */

/**
 * Installs the wheel into two new environments that lie outside the checkout, as an administrator would, and does
 * `work` with them on a machine without Node: on `PATH` there is none.
 *
 * @template T
 * @param {Locks} locks
 * @param {import('../setup/index.mjs').Installation} installation
 * @param {(clean: import('../setup/index.mjs').Installation, env: { PATH: string }) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withCleanInstallation(locks, installation, work) {
  const folder = mkdtempSync(join(tmpdir(), 'dashboards-installed-'));
  try {
    const wheel = join(folder, basename(installation.wheel));
    copyFileSync(installation.wheel, wheel);
    const clean = { ...installation, wheel };
    for (const name of Object.keys(ENVIRONMENTS)) {
      clean[name] = join(folder, name);
      await step(`The wheel in a clean environment ${locks[name]}`, () =>
        install(name, locks[name], { folder: clean[name], wheel, python: installation.python })
      );
    }
    return await work(clean, { PATH: pathWithoutNode(join(folder, 'programs')) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function install(name, lock, { folder, wheel, python }) {
  const { extras, packages } = ENVIRONMENTS[name];
  const { uv } = await installer(python);
  const log = `clean-${lock}`;
  await run(uv.create(folder, python), { log, what: `Making the Python environment ${folder}` });
  const constraints = ['--constraint', join(REQUIREMENTS, `${lock}.txt`)];
  await run(uv.install(folder, [...constraints, `jupyterhub-dashboards[${extras}] @ file://${wheel}`, ...packages]), {
    log: `${log}-packages`,
    what: `Installing the wheel into ${folder}`
  });
}

/** The packages that a list of requirements names, without their versions. */
function namesIn(list) {
  const lines = readFileSync(join(REQUIREMENTS, list), 'utf8').split('\n');
  return lines.filter(line => /^\w/.test(line)).map(line => line.split('==')[0]);
}

/**
 * Everything that is on PATH, but neither Node nor what npm adds: links in a folder, since Node often lies beside what
 * is needed.
 */
function pathWithoutNode(folder) {
  mkdirSync(folder);
  const taken = new Set(NODE_PROGRAMS);
  const places = (process.env.PATH ?? '').split(delimiter).filter(place => !place.includes('/node_modules/'));
  for (const place of places) {
    for (const program of entries(place).filter(name => !taken.has(name))) {
      taken.add(program);
      symlinkSync(join(place, program), join(folder, program));
    }
  }
  return folder;
}

function entries(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

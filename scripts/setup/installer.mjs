import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { execute, run } from './command.mjs';
import { locked } from './lock.mjs';
import { CACHE, REQUIREMENTS } from './paths.mjs';

/** What people have set for pip holds for uv as well: mirrors, local wheels, certificates. */
const PIP_SETTINGS = {
  PIP_INDEX_URL: 'UV_DEFAULT_INDEX',
  PIP_EXTRA_INDEX_URL: 'UV_INDEX',
  PIP_FIND_LINKS: 'UV_FIND_LINKS',
  PIP_CERT: 'SSL_CERT_FILE'
};

/**
 * The folder of the small environment that set-up itself needs (uv, hatchling), shared by all checkouts.
 *
 * @param {{ program: string, version: string }} python
 */
export async function tools(python) {
  const lock = join(REQUIREMENTS, 'tools.txt');
  const key = createHash('sha256').update(`${python.version}\0`).update(readFileSync(lock)).digest('hex').slice(0, 16);
  const folder = join(CACHE, 'venvs', `tools-${key}`);
  const finished = join(folder, '.finished');
  if (!existsSync(finished)) {
    await locked(`${folder}.lock`, async () => {
      if (existsSync(finished)) {
        return;
      }
      rmSync(folder, { recursive: true, force: true });
      const log = 'venv-tools';
      await run([python.program, '-m', 'venv', folder], { log, what: 'Making the environment of the build tools' });
      await run([join(folder, 'bin', 'pip'), 'install', '--disable-pip-version-check', '-r', lock], {
        log,
        what: 'Installing the build tools',
        fix: 'Check that this machine reaches the Python package index, then run the same command again.'
      });
      writeFileSync(finished, '');
    });
  }
  return folder;
}

/**
 * How environments are made and filled: by uv, or by venv and pip where uv does not run (it is a compiled program).
 *
 * @param {{ program: string, version: string }} python
 */
export async function installer(python) {
  const uv = join(await tools(python), 'bin', 'uv');
  for (const [pip, name] of Object.entries(PIP_SETTINGS)) {
    if (process.env[pip] && !process.env[name]) {
      process.env[name] = process.env[pip];
    }
  }
  const { code } = await execute([uv, '--version'], { log: 'uv' });
  return code === 0 ? { fast: true, uv: withUv(uv) } : { fast: false, uv: withPip() };
}

function withUv(uv) {
  return {
    // Relocatable, so that a copy of the environment is as good as the original.
    create: (folder, python) => [uv, 'venv', '--quiet', '--relocatable', '--python', python.program, folder],
    install: (folder, what) => [
      ...[uv, 'pip', 'install', '--compile-bytecode', '--python', join(folder, 'bin', 'python')],
      ...what
    ]
  };
}

function withPip() {
  return {
    create: (folder, python) => [python.program, '-m', 'venv', folder],
    install: (folder, what) => [
      join(folder, 'bin', 'python'),
      '-m',
      'pip',
      'install',
      '--disable-pip-version-check',
      ...what
    ]
  };
}

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import { run } from '../setup/command.mjs';
import { Failure } from '../setup/failure.mjs';
import { step } from '../setup/progress.mjs';

/**
 * What tests need of the system: names that the program may have, the packages of Debian that it is in, and what for.
 */
const NEEDED = {
  chromium: {
    title: 'Chromium',
    programs: ['chromium', 'chromium-browser', 'google-chrome'],
    packages: ['chromium', 'fonts-dejavu-core'],
    tests: 'The browser tests need',
    otherwise: ', or name one: DASHBOARDS_CHROMIUM=/path'
  },
  openssl: {
    title: 'OpenSSL',
    programs: ['openssl'],
    packages: ['openssl'],
    tests: 'Tests with git servers need',
    otherwise: ''
  },
  sshd: {
    title: 'an ssh server',
    programs: ['sshd'],
    packages: ['openssh-server', 'openssh-client'],
    tests: 'Tests with git servers need',
    otherwise: ''
  },
  ip: {
    title: 'tools for networks',
    programs: ['ip'],
    packages: ['iproute2'],
    tests: 'Tests on Kubernetes need',
    otherwise: ''
  },
  rsync: {
    title: 'rsync',
    programs: ['rsync'],
    packages: ['rsync'],
    tests: 'Tests that compare versions with their folders need',
    otherwise: ''
  }
};

/**
 * The path of a program, after installing its Debian package where there is none and this is root.
 *
 * @param {keyof typeof NEEDED} name
 */
export async function systemProgram(name) {
  const { title, programs, packages, tests, otherwise } = NEEDED[name];
  const find = () => programs.map(inPath).find(path => path !== null) ?? null;
  const found = find();
  if (found) {
    return found;
  }
  const words = ['install', '--no-install-recommends', ...packages];
  if (process.getuid?.() !== 0 || !inPath('apt-get')) {
    throw new Failure(`${tests} ${title}, and there is none.`, {
      fix: `Install it (Debian: sudo apt-get ${words.join(' ')})${otherwise}.`
    });
  }
  await step(`Debian's ${title}, which is not installed yet`, async () => {
    const fix = `Install it by hand: apt-get ${words.join(' ')}`;
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await run(['apt-get', 'update'], { log: 'apt-update', what: 'Reading the list of Debian packages', fix, env });
    await run(['apt-get', '--yes', ...words], { log: 'apt-install', what: `Installing ${title}`, fix, env });
  });
  return find();
}

function inPath(name) {
  // Servers are not on everybody's path.
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here; the next folder may have it.
    }
  }
  return null;
}

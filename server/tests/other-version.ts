import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { VERSION } from '../service/version';
import type { TestHub } from './hub';
import { variable } from './installation';

const PACKAGE = 'jupyterhub_dashboards';

/** Prints the folder of the installed package. */
const WHERE = `import os, ${PACKAGE}; print(os.path.dirname(${PACKAGE}.__file__))`;

/** What says its version in each program of the package. Of the service also the oldest runner that it takes. */
const SAID = {
  'runner-rest.js': [`version="${VERSION}"`],
  'service.js': [`version="${VERSION}"`, `OLDEST_RUNNER="${VERSION}"`]
};

/**
 * The installed package once more, in a folder of its own, which can say to be of another version: there are no releases
 * yet to try. A service of another version takes no runner that is older.
 */
export interface OtherVersion {
  /** Of an environment of single-user servers with this package, for `Spawner.cmd`. */
  singleUser: string;
  /** Starts the service of this package, for `service_command`. */
  service: string;
  /** As `pip install` of that version would do, beside programs that run. */
  become(hub: TestHub, version: string): void;
  remove(): void;
}

export function createOtherVersion(): OtherVersion {
  const folder = mkdtempSync(join(tmpdir(), 'dashboards-version-'));
  const [bin, site] = [join(folder, 'bin'), join(folder, 'site')];
  [bin, site].forEach(place => mkdirSync(place));
  const hubPython = variable('DASHBOARDS_HUB_PYTHON', 'the Python that has jupyterhub');
  const userPython = variable('DASHBOARDS_USER_PYTHON', 'the Python that single-user servers run in');
  const command = (name: string, line: string, before = '') => {
    const path = `PYTHONPATH='${site}'"\${PYTHONPATH:+:$PYTHONPATH}"`;
    writeFileSync(join(bin, name), `#!/bin/sh\n${before}\n${path} exec ${line} "$@"\n`, { mode: 0o755 });
    return join(bin, name);
  };
  // What keeps the service running starts it again from where it was at first.
  const copied = `cp -r "$('${hubPython}' -c '${WHERE}')" '${site}/'`;
  command('python3', `'${userPython}'`);
  command('jupyterhub-dashboards-runner', `'${userPython}' -m ${PACKAGE}.launcher`);
  return {
    singleUser: command('jupyterhub-singleuser', `'${userPython}' -m jupyterhub.singleuser`),
    service: command('jupyterhub-dashboards-service', `'${hubPython}' -m ${PACKAGE}.service_command`, copied),
    become(hub, version) {
      const copy = join(folder, PACKAGE);
      cpSync(installedPackage(hub, userPython), copy, { recursive: true });
      for (const [program, texts] of Object.entries(SAID)) {
        const file = join(copy, 'js', program);
        writeFileSync(
          file,
          texts.reduce((source, text) => replaced(source, text, version), readFileSync(file, 'utf8'))
        );
      }
      rmSync(join(site, PACKAGE), { recursive: true, force: true });
      renameSync(copy, join(site, PACKAGE));
    },
    remove: () => rmSync(folder, { recursive: true })
  };
}

function installedPackage(hub: TestHub, python: string): string {
  // Where the tests do not run from the wheel, the package lies there.
  const env = { ...process.env, PYTHONPATH: join(hub.folder, 'site') };
  return execFileSync(python, ['-c', WHERE], { encoding: 'utf8', cwd: tmpdir(), env }).trim();
}

function replaced(source: string, text: string, version: string): string {
  if (source.split(text).length !== 2) {
    throw new Error(`${text} does not stand once in the program`);
  }
  return source.replace(text, text.replace(VERSION, version));
}

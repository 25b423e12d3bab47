import { execFileSync } from 'node:child_process';

import { Lacking } from '../setup/failure.mjs';

/** Where Go's own installer puts it, which is not on everybody's path. */
const PLACES = ['go', '/usr/local/go/bin/go'];

/**
 * A Go of this machine that is new enough for Kubernetes.
 *
 * @param {string} needed as in `go.mod`: "1.26.0"
 * @returns {{ program: string, version: string }}
 * @throws {Lacking} when there is none
 */
export function findGo(needed) {
  const found = PLACES.map(program => ({ program, version: versionOf(program) })).filter(go => go.version !== null);
  const good = found.find(go => isAtLeast(go.version, needed));
  if (!good) {
    const others = found.length === 0 ? 'there is none' : `this machine has ${found[0].version}`;
    throw new Lacking(`The test cluster is compiled with Go ${needed} or newer, and ${others}.`, {
      fix: 'Install it (https://go.dev/dl) in /usr/local/go, or put it on the PATH, and run the same command again.'
    });
  }
  return good;
}

function versionOf(program) {
  try {
    const version = execFileSync(program, ['env', 'GOVERSION'], {
      encoding: 'utf8',
      env: { ...process.env, GOTOOLCHAIN: 'local' },
      stdio: ['ignore', 'pipe', 'ignore']
    });
    return version.trim().replace(/^go/, '');
  } catch {
    return null;
  }
}

function isAtLeast(version, needed) {
  const [major, minor] = version.split('.').map(Number);
  const [neededMajor, neededMinor] = needed.split('.').map(Number);
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}

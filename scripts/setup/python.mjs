import { execFileSync } from 'node:child_process';

import { Failure } from './failure.mjs';

const MINIMUM = [3, 11];

/** The Python that environments are made of: `$PYTHON`, else `python3`. */
export function findPython() {
  const program = process.env.PYTHON || 'python3';
  const script = 'import sys, json, ensurepip; print(json.dumps([list(sys.version_info[:3]), sys.platform]))';
  let version;
  try {
    [version] = JSON.parse(
      execFileSync(program, ['-c', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    );
  } catch (error) {
    throw new Failure(`${program} cannot make virtual environments.`, {
      fix: 'Install Python 3.11 or newer with venv (Debian: apt-get install python3-venv), or name one: PYTHON=/path/to/python3.',
      tail: String(error.stderr ?? error.message).trim()
    });
  }
  if (version[0] < MINIMUM[0] || (version[0] === MINIMUM[0] && version[1] < MINIMUM[1])) {
    throw new Failure(`${program} is Python ${version.join('.')}, but ${MINIMUM.join('.')} or newer is needed.`, {
      fix: 'Name a newer one: PYTHON=/path/to/python3 npm start'
    });
  }
  return { program, version: version.join('.') };
}

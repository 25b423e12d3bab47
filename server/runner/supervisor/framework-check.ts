import { spawn } from 'node:child_process';

import type { Framework } from '../../frameworks';
import { ProblemError } from '../problem-error';

const FIND = 'import importlib.util, sys; sys.exit(0 if importlib.util.find_spec(sys.argv[1]) else 3)';
const MISSING = 3;

/**
 * Checks that a framework is installed, without importing it.
 *
 * @throws ProblemError `framework_missing`
 */
export async function checkInstalled(
  framework: Framework,
  python: string,
  environment: Readonly<Record<string, string>>
): Promise<void> {
  if (framework.module === null) {
    return;
  }
  const code = await exitCode(python, ['-c', FIND, framework.module], environment);
  if (code === MISSING) {
    throw frameworkMissing(framework, python);
  }
}

export function frameworkMissing(framework: Framework, python: string): ProblemError {
  return new ProblemError('framework_missing', `${framework.title} is not installed in ${python}.`, {
    fix: `Install it in a terminal with: ${python} -m pip install ${framework.distribution ?? framework.module}`
  });
}

/** A Python that does not answer is found out when the app starts; here only a clear no counts. */
const PATIENCE_MS = 30_000;

function exitCode(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>
): Promise<number | null> {
  return new Promise(resolve => {
    const child = spawn(program, args, { env: { ...environment }, cwd: '/', stdio: 'ignore', timeout: PATIENCE_MS });
    child.on('error', () => resolve(null));
    child.on('exit', code => resolve(code));
  });
}

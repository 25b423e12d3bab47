import { execFile } from 'node:child_process';

import type { CheckReport, FrameworkId } from '../../contract';
import { frameworkOf } from '../../frameworks';
import { plainText } from '../../frameworks/log-text';

type Installed = CheckReport['frameworks'][number];

const PATIENCE_MS = 60_000;
const AT_ONCE = 2;
const MISSING = 3;

/** A framework that is there and cannot be imported is of no use: it is imported, not only looked for. */
const TRY = `
import importlib, importlib.metadata, importlib.util, sys
module, distribution = sys.argv[1:]
if importlib.util.find_spec(module) is None:
    sys.exit(${MISSING})
importlib.import_module(module)
sys.stdout.write("\\n" + importlib.metadata.version(distribution) + "\\n")
`;

/** Imports each framework in a Python of its own, some at a time, and tells what came of it. Never rejects. */
export async function tryFrameworks(
  ids: readonly FrameworkId[],
  python: string,
  environment: Readonly<Record<string, string>>,
  tell: (installed: Installed) => void
): Promise<void> {
  const waiting = [...ids];
  const worker = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const { module, distribution } = frameworkOf(id);
      if (module !== null) {
        tell({ id, distribution: distribution ?? module, ...(await tryImport(module, distribution ?? module)) });
      }
    }
  };
  const tryImport = (module: string, distribution: string) =>
    new Promise<Pick<Installed, 'version' | 'error'>>(resolve => {
      const options = { env: { ...environment }, cwd: '/', timeout: PATIENCE_MS, encoding: 'utf8' } as const;
      execFile(python, ['-c', TRY, module, distribution], options, (error, stdout, stderr) => {
        if (error === null) {
          resolve({ version: lastLine(stdout), error: null });
        } else {
          const why = error.killed ? `the import took longer than ${PATIENCE_MS / 1_000} s` : lastLine(stderr);
          resolve({ version: null, error: error.code === MISSING ? null : (why ?? error.message) });
        }
      });
    });
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function lastLine(text: string): string | null {
  return plainText(text.trim().split('\n').at(-1) ?? '').slice(0, 1_000) || null;
}

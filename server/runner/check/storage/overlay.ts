import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { ok, type Attempt } from './attempt';

const MOUNT = 'mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work merged && echo x > merged/file';

/** Nothing needs it yet; it is told for those who plan. */
export const overlay: Attempt = {
  id: 'store-overlay',
  what: 'An overlay',
  fix: 'Nothing has to be done: no strategy needs it.',
  async tries({ made }, _before, signal) {
    const cwd = path.join(made, 'overlay');
    for (const name of ['lower', 'upper', 'work', 'merged']) {
      await mkdir(path.join(cwd, name), { recursive: true });
    }
    try {
      await promisify(execFile)('unshare', ['-Urm', 'sh', '-c', MOUNT], { cwd, timeout: 10_000, signal });
      return ok('Can be mounted in a user namespace. Nothing needs it.');
    } catch (error) {
      signal.throwIfAborted();
      return ok(`Cannot be mounted in a user namespace (${firstLine(error)}). Nothing needs it.`);
    }
  }
};

function firstLine(error: unknown): string {
  const { code, stderr } = error as { code?: unknown; stderr?: unknown };
  const said = typeof stderr === 'string' ? stderr.trim().split('\n')[0] : '';
  return said || (code === 'ENOENT' ? 'there is no program unshare' : `code ${String(code)}`);
}

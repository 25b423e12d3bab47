import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { build } from 'esbuild';

import { PROGRAMS } from '../../scripts/build/bundles.mjs';
import { ROOT } from '../../scripts/setup/paths.mjs';
import { FRUGAL, FRUGAL_VARIABLES } from '../frugal.mjs';

/**
 * The product's copier in a process of its own, which does nothing else.
 *
 * @param {string} data
 * @param {AbortSignal} signal
 * @param {string} home that its versions are in
 */
export async function startCopier(data, signal, home = join(data, 'home')) {
  const folder = join(data, 'copier');
  mkdirSync(folder, { recursive: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: { program: 'bench/snapshot/program.mjs', copier: PROGRAMS.copier, hasher: PROGRAMS.hasher },
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    logLevel: 'error'
  });
  const child = spawn(process.execPath, [...FRUGAL, join(folder, 'program.js')], {
    env: { ...process.env, ...FRUGAL_VARIABLES },
    stdio: ['pipe', 'pipe', 'inherit'],
    signal
  });
  child.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  mkdirSync(home, { recursive: true });
  const ask = async wish => {
    child.stdin.write(`${JSON.stringify({ home, ...wish })}\n`);
    const { done, value } = await lines.next();
    if (done) {
      throw new Error('The copier has ended.');
    }
    return JSON.parse(value);
  };
  return {
    /**
     * @param {boolean} own as what was sent is: its files may be those of the version
     * @returns {Promise<{ seconds: number, peak_mb: number, files: string }>}
     */
    take: (dashboard, version, root, own = false) => ask({ dashboard, version, root, own }),
    remove: (dashboard, version) => ask({ dashboard, version, remove: true }),
    async end() {
      const ended = once(child, 'exit');
      child.stdin.end();
      child.kill();
      await ended;
    }
  };
}

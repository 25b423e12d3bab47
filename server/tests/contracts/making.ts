import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { buildSync } from 'esbuild';

import type { MakingOrder } from '../../runner/testing/making-process';

const RUNNER = path.join(__dirname, '../../runner');

/** The program that makes versions in processes of its own, bundled as it is shipped. */
export class Making {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'making-'));

  constructor() {
    buildSync({
      entryPoints: {
        making: path.join(RUNNER, 'testing/making-process.ts'),
        receiver: path.join(RUNNER, 'storage/relay/main.ts')
      },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node22',
      outdir: this.#folder,
      logLevel: 'error'
    });
  }

  /**
   * Runs it once.
   *
   * @param send - called with the address at which it waits for files.
   * @returns whether it has made the version; false where it was killed
   */
  async run(order: MakingOrder, send: (url: string) => void): Promise<boolean> {
    const child = spawn(process.execPath, [path.join(this.#folder, 'making.js'), JSON.stringify(order)], {
      stdio: ['ignore', 'pipe', 'inherit']
    });
    let made = false;
    createInterface({ input: child.stdout }).on('line', line => {
      made ||= line === 'made';
      if (line.startsWith('http')) {
        send(line);
      }
    });
    const [code, signal] = await new Promise<[number | null, string | null]>(ended =>
      child.once('close', (...how) => ended(how))
    );
    if (made === (signal === 'SIGKILL') || (code !== null && code !== 0)) {
      throw new Error(`it ended with ${code ?? signal}`);
    }
    return made;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

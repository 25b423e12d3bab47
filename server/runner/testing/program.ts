import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { buildSync } from 'esbuild';

/** A TypeScript program of the runner's, bundled as it is shipped and run in a process of its own. */
export class Program {
  readonly folder = mkdtempSync(join(tmpdir(), 'program-'));
  readonly #file = join(this.folder, 'program.js');
  #child: ChildProcess | null = null;
  readonly #lines: string[] = [];
  #waiting: ((line: string) => void)[] = [];
  stderr = '';

  constructor(entry: string) {
    buildSync({
      entryPoints: [entry],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node22',
      outfile: this.#file,
      logLevel: 'error'
    });
  }

  /** Starts it; `descriptors` become its descriptors 3 and following. `wrapper`: a program that becomes the one it is given. */
  start(
    args: readonly string[],
    environment: NodeJS.ProcessEnv,
    descriptors: readonly number[] = [],
    wrapper?: string
  ): ChildProcess {
    const words = [this.#file, ...args];
    const child = spawn(wrapper ?? process.execPath, wrapper === undefined ? words : [process.execPath, ...words], {
      env: environment,
      stdio: ['pipe', 'pipe', 'pipe', ...descriptors]
    });
    this.#child = child;
    child.stderr?.on('data', (chunk: Buffer) => (this.stderr += String(chunk)));
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on('line', line => {
        const next = this.#waiting.shift();
        if (next === undefined) {
          this.#lines.push(line);
        } else {
          next(line);
        }
      });
    }
    return child;
  }

  /** The next line on its standard output. */
  line(): Promise<string> {
    const line = this.#lines.shift();
    return line === undefined ? new Promise(resolve => this.#waiting.push(resolve)) : Promise.resolve(line);
  }

  ask(): Promise<string> {
    this.#child?.stdin?.write('\n');
    return this.line();
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Ends it at once; it can be started again. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      await new Promise(resolve => {
        child.once('exit', resolve);
        child.kill('SIGKILL');
      });
    }
    this.#lines.length = 0;
    this.#waiting = [];
  }
}

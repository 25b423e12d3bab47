import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { eventually } from '../service/testing/test-service';
import type { TestHub } from './hub';
import { CHECKOUT } from './installation';

/**
 * Lines for jupyterhub_config.py: configurable-http-proxy closes connections that nobody uses after ten minutes instead of 5 s.
 * Else a process that stands still for a moment asks on one that is just being closed. Browsers ask again then; these viewers do
 * not, so that whatever is reset is the product's doing.
 */
export const PATIENT_PROXY =
  'c.ConfigurableHTTPProxy.command = [*c.ConfigurableHTTPProxy.command, "--keep-alive-timeout", "600000"]\n';

const VIEWERS = join(CHECKOUT, 'bench/viewers');
const PATIENCE_MS = 120_000;

/** What viewers asked for and got, and what went wrong. */
export interface LoadTally {
  /** Good answers, by what was asked for. */
  answered: Record<string, number>;
  /** Connections that were ended in order because their version was drained. */
  drained: number;
  failed: { what: string; version: number | null; reason: string; at: number }[];
  /** How many of those who ask by HTTP have been led to each version since `allow`. */
  landed: Record<number, number>;
  over?: true;
}

export interface LoadOptions {
  link: string;
  users: string[];
  /** Viewers who ask by HTTP, and who talk through WebSockets, at a time. */
  http: number;
  sockets: number;
  /** Those who download and upload for longer than an old version lets people in, and who follow events. */
  slow: number;
  seed: number;
  /** Versions that they may be led to. */
  allow: number[];
}

/** The app that viewers know how to look at, as the one of edition `n`. */
export function viewedApp(n: number): Record<string, Buffer | string> {
  return { 'app.py': readFileSync(join(VIEWERS, 'app/app.py')), 'edition.txt': `edition ${n}\n` };
}

/** Viewers in a process of their own (`bench/viewers`), who never stop asking. */
export class Load {
  #tally: LoadTally | null = null;
  #said = '';

  private constructor(private readonly child: ChildProcess) {
    child.stderr?.on('data', piece => (this.#said += String(piece)));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', line => {
      this.#tally = JSON.parse(line) as LoadTally;
    });
  }

  /** Resolves when all of them look. */
  static async start(hub: TestHub, options: LoadOptions): Promise<Load> {
    const input = { ...options, hub: { url: hub.url, password: 'any', log: '' } };
    const load = new Load(spawn(process.execPath, [join(VIEWERS, 'index.mjs'), JSON.stringify(input)]));
    await load.until(() => true);
    return load;
  }

  /** From now on viewers may be led to these versions only. */
  allow(versions: number[]): void {
    this.child.stdin?.write(`${JSON.stringify({ allow: versions })}\n`);
  }

  /** Waits until so much has been seen; not if something was missed before. */
  async until(enough: (tally: LoadTally) => boolean): Promise<void> {
    await eventually(() => {
      this.#checkRunning();
      if (this.#tally && this.#tally.failed.length > 0) {
        throw new Error(`Viewers have missed something: ${JSON.stringify(this.#tally.failed, null, 1)}`);
      }
      return this.#tally !== null && enough(this.#tally);
    }, PATIENCE_MS);
  }

  /** Everybody leaves. */
  async stop(): Promise<LoadTally> {
    this.child.stdin?.end();
    return eventually(() => {
      this.#checkRunning();
      return this.#tally?.over && this.#tally;
    }, PATIENCE_MS);
  }

  /** Ends it in any case. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  #checkRunning(): void {
    if (this.child.exitCode !== null && !this.#tally?.over) {
      throw new Error(`The viewers have ended: ${this.#said}`);
    }
  }
}

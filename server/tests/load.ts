import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { eventually } from '../service/testing/test-service';
import type { Author } from './author';
import type { TestHub } from './hub';
import { CHECKOUT } from './installation';

const VIEWERS = join(CHECKOUT, 'bench/viewers');

/** What viewers asked for and got, and what went wrong. */
export interface LoadTally {
  answered: Record<string, number>;
  drained: number;
  failed: Miss[];
}

interface Miss {
  what: string;
  version: number | null;
  reason: string;
  /** Seconds after the begin. */
  at: number;
}

export interface LoadOptions {
  link: string;
  users: string[];
  /** Viewers who ask by HTTP, and who talk through WebSockets, at a time. */
  http: number;
  sockets: number;
  seed: number;
  /** Versions that they may be led to. */
  allow: number[];
}

/** Puts the app that viewers know how to look at into the author's folder `folder`, as the one that makes version `n`. */
export function writeViewedApp(author: Author, folder: string, n: number): void {
  cpSync(join(VIEWERS, 'app'), join(author.home, folder), { recursive: true });
  author.write(`${folder}/edition.txt`, `edition ${n}\n`);
}

/** Viewers in a process of their own (`bench/viewers`), who never stop asking. */
export class Load {
  #landed: number[] = [];
  #drained = 0;
  #tally: LoadTally | null = null;
  #said = '';
  #ready = false;
  readonly #missed: Miss[] = [];

  private constructor(private readonly child: ChildProcess) {
    child.stderr?.on('data', piece => (this.#said += String(piece)));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', line => this.#hear(line));
  }

  /** Resolves when all of them look. */
  static async start(hub: TestHub, options: LoadOptions): Promise<Load> {
    const input = { ...options, hub: { url: hub.url, password: 'any', log: '' } };
    const child = spawn(process.execPath, [join(VIEWERS, 'index.mjs'), JSON.stringify(input)]);
    const load = new Load(child);
    await eventually(() => load.#ready || load.#ended());
    return load;
  }

  /** From now on viewers may be led to these versions only. */
  allow(versions: number[]): void {
    this.#landed = [];
    this.child.stdin?.write(`${JSON.stringify({ allow: versions })}\n`);
  }

  /** Half of those who ask by HTTP have opened version `n` since `allow`. */
  landed(n: number): Promise<unknown> {
    return eventually(() => this.#landed.includes(n) || this.#missedOrEnded(), 120_000);
  }

  /** So many connections were ended in order because their version was drained. */
  drained(count: number): Promise<unknown> {
    return eventually(() => this.#drained >= count || this.#missedOrEnded(), 120_000);
  }

  async stop(): Promise<LoadTally> {
    this.child.stdin?.end();
    return eventually(() => this.#tally ?? this.#ended());
  }

  /** Ends it in any case. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  #hear(line: string): void {
    const word = JSON.parse(line) as {
      ready?: true;
      landed?: number;
      drained?: number;
      missed?: Miss;
      failed?: unknown;
    };
    if (word.ready) {
      this.#ready = true;
    } else if (word.failed) {
      this.#tally = word as LoadTally;
    } else if (word.missed) {
      this.#missed.push(word.missed);
    } else if (word.landed !== undefined) {
      this.#landed.push(word.landed);
    } else {
      this.#drained = word.drained ?? this.#drained;
    }
  }

  /** Nobody waits on for what is lost already. */
  #missedOrEnded(): false {
    if (this.#missed.length > 0) {
      throw new Error(`Viewers have missed something: ${JSON.stringify(this.#missed, null, 1)}`);
    }
    return this.#ended();
  }

  #ended(): false {
    if (this.child.exitCode !== null && this.#tally === null) {
      throw new Error(`The viewers have ended: ${this.#said}`);
    }
    return false;
  }
}

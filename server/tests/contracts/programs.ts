import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { buildSync } from 'esbuild';

import type { GitFacts, GitReply, GitSource, Plan, PlanReply, Source } from '../../contract';
import type { MakingOrder, MakingReport } from '../../runner/testing/making-process';

const SERVER = path.join(__dirname, '../..');

/** How an engine in a process of its own is treated. */
interface Treatment {
  /** The step before which it is killed; see `kill-switch.ts`. Left out: it is not. */
  killAt?: number;
  /** A file that is written to whenever something is read. */
  busy?: string;
  /** A program that becomes the engine's. */
  wrapper?: string;
  /** Called with the address at which it waits for files; the signal says when it has ended. */
  send?: (url: string, ended: AbortSignal) => void;
}

/** Programs of the product, bundled as they are shipped and run in processes of their own. */
export class Programs {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'programs-'));

  constructor() {
    buildSync({
      entryPoints: {
        making: path.join(SERVER, 'runner/testing/making-process.ts'),
        'kill-switch': path.join(SERVER, 'runner/testing/kill-switch.ts'),
        copier: path.join(SERVER, 'runner/versions/copier/main.ts'),
        hasher: path.join(SERVER, 'runner/versions/copier/hasher.ts'),
        verifier: path.join(SERVER, 'runner/versions/verifier/main.ts'),
        receiver: path.join(SERVER, 'runner/storage/relay/main.ts'),
        author: path.join(SERVER, 'author/main.ts')
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
   * Gives an engine of its own one job.
   *
   * @returns null where it was killed
   */
  async make(order: MakingOrder, { killAt, busy, wrapper, send }: Treatment = {}): Promise<MakingReport | null> {
    const switched = ['--require', path.join(this.#folder, 'kill-switch.js')];
    const words = [process.execPath, ...switched, path.join(this.#folder, 'making.js'), JSON.stringify(order)];
    const [program = '', ...args] = wrapper === undefined ? words : [wrapper, ...words];
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH,
        HOME: order.home,
        ...(killAt !== undefined && { KILL_AT: String(killAt) }),
        ...(busy !== undefined && { BUSY_FILE: busy })
      }
    });
    const ended = new AbortController();
    let report: MakingReport | null = null;
    createInterface({ input: child.stdout }).on('line', line => {
      if (line.startsWith('http')) {
        send?.(line, ended.signal);
      } else {
        report = JSON.parse(line) as MakingReport;
      }
    });
    const [code, signal] = await new Promise<[number | null, string | null]>(closed =>
      child.once('close', (...how) => closed(how))
    );
    ended.abort();
    if (report === null && !(killAt !== undefined && signal === 'SIGKILL')) {
      throw new Error(`it ended with ${code ?? signal}`);
    }
    return report;
  }

  /** What publishing these files would copy, as the author's own server says it. */
  async plan(home: string, { root, entry, scope }: Extract<Source, { kind: 'files' }>): Promise<Plan> {
    const reply = await this.#ask<PlanReply>(home, { kind: 'plan', root, entry, scope });
    return reply.plan;
  }

  /** Likewise of a folder of a repository, by a clone of it. */
  async planOf(home: string, clone: string, { url, ref, root, entry, scope }: GitSource): Promise<Plan> {
    const repository = { url, ref, root };
    const reply = await this.#ask<PlanReply>(home, { kind: 'plan', root: clone, entry, scope, repository });
    return reply.plan;
  }

  /** What Git says of files of the author's. */
  async gitFacts(home: string, root: string, entry: string): Promise<GitFacts> {
    const reply = await this.#ask<GitReply>(home, { kind: 'git', root, entry });
    if (!reply.git) {
      throw new Error('git says nothing of it');
    }
    return reply.git;
  }

  async #ask<T>(home: string, request: object): Promise<T> {
    const child = spawn(process.execPath, [path.join(this.#folder, 'author.js')], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH, HOME: home }
    });
    child.stdin.write(`${JSON.stringify(request)}\n`);
    let reply = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (reply += part));
    await new Promise(closed => child.once('close', closed));
    return JSON.parse(reply) as T;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

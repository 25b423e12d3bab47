import type { Problem, RunnableVersion } from '../../contract';
import { ProblemError } from '../../problem-error';

/** As many run beside the live one. */
const MOST = 3;
/** What could not be started is tried again by a visit after this time, not earlier. */
const RETRY_MS = 10_000;

export interface VisitedVersionsOptions {
  /** A version that nobody has used for so long is ended. */
  idleMs: number;
  /** For how many ms nobody has used version `n`; 0 while somebody does, or it is starting. */
  idle(n: number): number;
  /** Whether the app of version `n` has failed for good. */
  failed(n: number): boolean;
  /** Why there is no room for one more app; null if there is. */
  shortage(): Problem | null;
  start(version: RunnableVersion): void;
  /** Some are no longer wanted. */
  changed(): void;
}

interface Entry {
  /** When it was opened by its link, or last seen in use. */
  since: number;
  problem: Problem | null;
}

/** Kept versions that somebody has opened by their own link, and for how long they are wanted. */
export class VisitedVersions {
  readonly #entries = new Map<number, Entry>();
  readonly #timer: NodeJS.Timeout;
  #listed: readonly number[] = [];

  constructor(private readonly options: VisitedVersionsOptions) {
    this.#timer = setInterval(() => this.#endIdle(), Math.min(10_000, options.idleMs / 4)).unref();
  }

  /**
   * Takes over what the service names, the last one opened first. A version is started when it is new on the list or
   * opened last: others stand there although they have ended since.
   */
  follow(versions: readonly RunnableVersion[]): void {
    const news = versions.filter(({ n }, place) => place === 0 || !this.#listed.includes(n));
    this.#listed = versions.map(({ n }) => n);
    for (const version of news) {
      const known = this.#entries.get(version.n);
      const hopeless = known !== undefined && (known.problem !== null || this.options.failed(version.n));
      if (known === undefined || (hopeless && performance.now() - known.since > RETRY_MS)) {
        this.#admit(version);
      }
    }
  }

  /** Whether version `n` is to run. */
  wants(n: number): boolean {
    return this.#entries.get(n)?.problem === null;
  }

  /** Whether somebody has opened version `n` lately, and why it cannot be had if so. */
  get(n: number): { problem: Problem | null } | null {
    return this.#entries.get(n) ?? null;
  }

  /** Gives up those that nobody looks at now, because their memory is needed. @returns their numbers */
  yield(): number[] {
    return this.#giveUp(1);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #admit(version: RunnableVersion): void {
    this.#entries.delete(version.n);
    if (this.#running().length >= MOST) {
      const [longest] = this.#running()
        .map(([n, entry]) => ({ n, idle: this.#idle(n, entry) }))
        .sort((one, other) => other.idle - one.idle);
      if (longest && longest.idle > 0) {
        this.#entries.delete(longest.n);
        this.options.changed();
      }
    }
    const problem = this.#running().length >= MOST ? tooMany() : this.options.shortage();
    this.#entries.set(version.n, { since: performance.now(), problem });
    if (!problem) {
      this.options.start(version);
    }
  }

  #running(): [n: number, entry: Entry][] {
    return [...this.#entries].filter(([, { problem }]) => problem === null);
  }

  /** Whoever has opened it may still be on the way. */
  #idle(n: number, entry: Entry): number {
    const idle = this.options.idle(n);
    if (idle === 0 && entry.problem === null) {
      entry.since = performance.now();
    }
    return Math.min(idle, performance.now() - entry.since);
  }

  #endIdle(): void {
    if (this.#giveUp(this.options.idleMs).length > 0) {
      this.options.changed();
    }
  }

  #giveUp(ms: number): number[] {
    const idle = [...this.#entries].filter(([n, entry]) => this.#idle(n, entry) >= ms).map(([n]) => n);
    idle.forEach(n => this.#entries.delete(n));
    return idle;
  }
}

function tooMany(): Problem {
  return new ProblemError('versions_open', `People are looking at ${MOST} older versions of this dashboard already.`, {
    fix: 'Close one of them, or try again later. The live version is at the dashboard’s usual link.'
  }).problem;
}

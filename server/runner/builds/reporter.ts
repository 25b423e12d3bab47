import type { BuildJob, BuildState, Wants } from '../../contract';
import type { BuildReports } from '../engine';

const BATCH_MS = 500;
/** A build without news reports all the same: its lease must not run out, and the answer may be that it is cancelled. */
const HEARTBEAT_MS = 2_000;
const MAX_LINES = 1_000;
const MAX_WAITING = 5_000;

/**
 * Tells the service about one build: stages at once, lines in batches, one report at a time. Each says what holds, also
 * what was said before: a service that has lost sight of this runner in between begins anew with the build.
 */
export class Reporter {
  readonly #job: BuildJob;
  readonly #reports: BuildReports;
  readonly #cancelled: () => void;
  /** Lines that wait, the oldest first, with the stages that they belong to. */
  #waiting: { stage: BuildState | undefined; lines: string[] }[] = [];
  #stage: BuildState | undefined;
  #told: BuildState | undefined;
  #wants: Wants = 'nothing';
  #toldWants: Wants = 'nothing';
  #timer: NodeJS.Timeout;
  #sending: Promise<void> | null = null;
  #closed = false;

  /** @param cancelled - called when the service says that the build is no longer wanted. */
  constructor(job: BuildJob, reports: BuildReports, cancelled: () => void) {
    this.#job = job;
    this.#reports = reports;
    this.#cancelled = cancelled;
    this.#timer = this.#later(HEARTBEAT_MS);
  }

  stage(stage: BuildState): void {
    this.#stage = stage;
    this.#soon(0);
  }

  /** What the build waits for, from now on. */
  wants(what: Wants): void {
    this.#wants = what;
    this.#soon(0);
  }

  line(line: string): void {
    const isFirst = this.#waiting.length === 0;
    const last = this.#waiting.at(-1);
    if (last && last.stage === this.#stage) {
      last.lines.push(line);
    } else {
      this.#waiting.push({ stage: this.#stage, lines: [line] });
    }
    if (this.#waiting.reduce((total, { lines }) => total + lines.length, 0) > MAX_WAITING) {
      this.#take(1);
    }
    if (isFirst && !this.#hasNews) {
      this.#soon(BATCH_MS);
    }
  }

  /** Sends what is left and reports no more; gives up when the signal says so. */
  async close(signal: AbortSignal): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const aborted = new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
    while (!signal.aborted && (this.#sending || this.#waiting.length > 0)) {
      await Promise.race([this.#sending ?? this.#send(), aborted]);
    }
  }

  /** What is told at once: that files are wanted is what their author's server waits for. */
  get #hasNews(): boolean {
    return this.#stage !== this.#told || this.#wants !== this.#toldWants;
  }

  #later(ms: number): NodeJS.Timeout {
    return setTimeout(() => void this.#send(), ms).unref();
  }

  #soon(ms: number): void {
    if (!this.#closed && !this.#sending) {
      clearTimeout(this.#timer);
      this.#timer = this.#later(ms);
    }
  }

  /** So many lines at most, all of one stage. */
  #take(most: number): string[] {
    const lines = this.#waiting[0]?.lines.splice(0, most) ?? [];
    if (this.#waiting[0]?.lines.length === 0) {
      this.#waiting.shift();
    }
    return lines;
  }

  #send(): Promise<void> {
    this.#sending ??= this.#sendOnce().finally(() => {
      this.#sending = null;
      this.#soon(this.#hasNews ? 0 : this.#waiting.length > 0 ? BATCH_MS : HEARTBEAT_MS);
    });
    return this.#sending;
  }

  async #sendOnce(): Promise<void> {
    // Lines of an earlier stage go before this one is told.
    const [next] = this.#waiting;
    const stage = next ? next.stage : this.#stage;
    const lines = this.#take(MAX_LINES);
    // That nothing is wanted is what a new stage says already.
    const wants = this.#wants === 'files' || this.#wants !== this.#toldWants ? this.#wants : undefined;
    this.#told = stage;
    this.#toldWants = this.#wants;
    try {
      const { cancelled } = await this.#reports.progress(this.#job, stage, lines, wants);
      if (cancelled) {
        this.#cancelled();
      }
    } catch {
      // The reports themselves retry; what they give up is lost to the watching person, not to the build.
    }
  }
}

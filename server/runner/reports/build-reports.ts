import {
  BuildProgressReply,
  LIMITS,
  RUNNER,
  RunnerState,
  type BuildJob,
  type BuildResult,
  type BuildState
} from '../../contract';
import { pause, type Clock } from '../clock';
import type { BuildReports } from '../engine';
import type { Log } from '../log';
import { Backoff } from './backoff';
import { ServiceError, type ServiceClient } from './service-client';

/** As many lines as one report may hold. */
const LINES_PER_REPORT = 1_000;
/** Lines kept while the service is away; older ones are dropped. */
const LINES_KEPT = 5_000;
/** How often a report of progress is tried before the build goes on without it. */
const PROGRESS_ATTEMPTS = 3;

export interface BuildReportsOptions {
  startId: string;
  client: Pick<ServiceClient, 'post'>;
  /** Called with the state that follows from a result. */
  stateChanged(state: RunnerState): void;
  clock: Clock;
  log: Log;
  /** Aborted when the runner stops. */
  signal: AbortSignal;
  backoff?: () => Backoff;
}

interface Pending {
  state: BuildState | undefined;
  lines: string[];
  /** The report that waits for its turn. */
  next: Promise<{ cancelled: boolean }> | null;
  /** The newest report, sent or not. */
  last: Promise<unknown>;
}

/** Reports builds to the service: batches lines, keeps order, and holds on to what the service could not take yet. */
export class ServiceBuildReports implements BuildReports {
  readonly #pending = new Map<string, Pending>();

  constructor(private readonly options: BuildReportsOptions) {}

  progress(job: BuildJob, state: BuildState | undefined, lines: string[]): Promise<{ cancelled: boolean }> {
    const pending = this.#pendingOf(job);
    pending.state = state ?? pending.state;
    pending.lines = pending.lines.concat(lines.map(shortened)).slice(-LINES_KEPT);
    if (pending.next === null) {
      // One report at a time: what arrives before this one begins goes with it.
      const next = pending.last.then(() => {
        pending.next = null;
        return this.#flush(job, pending);
      });
      pending.next = next;
      pending.last = next;
    }
    return pending.next;
  }

  async result(job: BuildJob, outcome: BuildResult['outcome']): Promise<void> {
    const { client, startId, signal, clock, log, stateChanged } = this.options;
    const pending = this.#pendingOf(job);
    const backoff = this.options.backoff?.() ?? new Backoff();
    while (!signal.aborted) {
      try {
        await this.progress(job, undefined, []);
        // With its result a build has ended: nobody would take what the service has missed until then.
        if (pending.lines.length === 0) {
          stateChanged(await client.post(RUNNER.result(job.id), { startId, outcome }, RunnerState, signal));
          break;
        }
      } catch (error) {
        if (!mayRetry(error)) {
          log.warn({ err: error, build: job.id }, 'the service did not want the result of a build');
          break;
        }
      }
      await pause(clock, backoff.delay(), signal);
    }
    this.#pending.delete(job.id);
  }

  async #flush(job: BuildJob, pending: Pending): Promise<{ cancelled: boolean }> {
    let cancelled = false;
    do {
      const { state } = pending;
      const lines = pending.lines.splice(0, LINES_PER_REPORT);
      pending.state = undefined;
      const reply = await this.#send(job, state, lines);
      if (reply === null) {
        pending.state ??= state;
        pending.lines = lines.concat(pending.lines).slice(-LINES_KEPT);
        return { cancelled };
      }
      cancelled ||= reply.cancelled;
    } while (pending.lines.length > 0 && !cancelled);
    return { cancelled };
  }

  /** Null when the service is away. */
  async #send(job: BuildJob, state: BuildState | undefined, lines: string[]): Promise<{ cancelled: boolean } | null> {
    const { client, startId, signal, clock } = this.options;
    const backoff = this.options.backoff?.() ?? new Backoff();
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        const body = { startId, lines, ...(state === undefined ? {} : { state }) };
        return await client.post(RUNNER.progress(job.id), body, BuildProgressReply, signal);
      } catch (error) {
        if (!mayRetry(error)) {
          // The build is not ours any more: its lease was lost, or it was ended or deleted.
          return { cancelled: true };
        }
        if (attempt >= PROGRESS_ATTEMPTS) {
          return null;
        }
        await pause(clock, backoff.delay(), signal);
      }
    }
    return null;
  }

  #pendingOf(job: BuildJob): Pending {
    const pending: Pending = this.#pending.get(job.id) ?? {
      state: undefined,
      lines: [],
      next: null,
      last: Promise.resolve()
    };
    this.#pending.set(job.id, pending);
    return pending;
  }
}

function mayRetry(error: unknown): boolean {
  return error instanceof ServiceError && error.passing;
}

function shortened(line: string): string {
  return line.length > LIMITS.logLine ? `${line.slice(0, LIMITS.logLine - 1)}…` : line;
}

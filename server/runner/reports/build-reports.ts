import {
  BuildProgressReply,
  LIMITS,
  RUNNER,
  RunnerState,
  type BuildJob,
  type BuildProgress,
  type BuildResult,
  type BuildState,
  type Wants
} from '../../contract';
import { pause, type Clock } from '../clock';
import type { BuildReports } from '../engine';
import type { Log } from '../log';
import { Backoff } from './backoff';
import { PER_REPORT, within, type LineLimits } from './line-limits';
import { ServiceError, type ServiceClient } from './service-client';

/** Kept while the service is away; the oldest lines go first. What a program may print at a stretch fits. */
const WAITING: LineLimits = { lines: 5_000, characters: 4_000_000 };
/** How often a report of progress is tried before the build goes on without it. */
const PROGRESS_ATTEMPTS = 3;

export interface BuildReportsOptions {
  startId: string;
  /** Names this process. */
  sender: string;
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
  /** Stages that the build has begun since the last report, each with the number of the lines before it. */
  stages: { state: BuildState; at: number }[];
  wants: Wants | undefined;
  lines: string[];
  /** Number of the lines before them. */
  from: number;
  /** The report that waits for its turn. */
  next: Promise<{ cancelled: boolean }> | null;
  /** The newest report, sent or not. */
  last: Promise<unknown>;
  /** A report of it has been refused: one line in the log is enough. */
  refused: boolean;
}

/** What has become of a report. */
type Sent = 'taken' | 'cancelled' | 'away' | 'refused';

/** Reports builds to the service: batches lines, keeps order, and holds on to what the service could not take yet. */
export class ServiceBuildReports implements BuildReports {
  readonly #pending = new Map<string, Pending>();

  constructor(private readonly options: BuildReportsOptions) {}

  progress(
    job: BuildJob,
    state: BuildState | undefined,
    lines: string[],
    wants?: Wants
  ): Promise<{ cancelled: boolean }> {
    const pending = this.#pendingOf(job);
    pending.wants = wants ?? pending.wants;
    if (state !== undefined) {
      begin(pending, state);
    }
    keep(pending, pending.lines.concat(lines.map(shortened)));
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
    let sent: Sent;
    do {
      const { from, wants } = pending;
      // A report is a stage and lines of it: those of the next stage go with that one.
      const state = pending.stages.findLast(({ at }) => at <= from)?.state;
      pending.stages = pending.stages.filter(({ at }) => at > from);
      const ofStage = (pending.stages[0]?.at ?? Infinity) - from;
      const lines = pending.lines.splice(0, Math.min(within(pending.lines, PER_REPORT), ofStage));
      pending.from += lines.length;
      pending.wants = undefined;
      sent = await this.#send(job, pending, {
        ...(state === undefined ? {} : { state }),
        ...(wants === undefined ? {} : { wants }),
        from,
        lines
      });
      if (sent === 'away' || sent === 'refused') {
        pending.wants ??= wants;
        if (state !== undefined) {
          pending.stages.unshift({ state, at: from });
        }
      }
      if (sent === 'away') {
        pending.from = from;
        keep(pending, lines.concat(pending.lines));
        break;
      }
    } while (sent !== 'cancelled' && (pending.lines.length > 0 || (sent === 'taken' && pending.stages.length > 0)));
    return { cancelled: sent === 'cancelled' };
  }

  async #send(job: BuildJob, pending: Pending, news: Omit<BuildProgress, 'startId' | 'sender'>): Promise<Sent> {
    const { client, startId, sender, signal, clock, log } = this.options;
    const backoff = this.options.backoff?.() ?? new Backoff();
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        const body = { startId, sender, ...news };
        const { cancelled } = await client.post(RUNNER.progress(job.id), body, BuildProgressReply, signal);
        return cancelled ? 'cancelled' : 'taken';
      } catch (error) {
        if (!mayRetry(error)) {
          if (isOver(error)) {
            return 'cancelled';
          }
          if (!pending.refused) {
            pending.refused = true;
            log.warn({ err: error, build: job.id }, 'the service did not want a report of a build');
          }
          return 'refused';
        }
        if (attempt >= PROGRESS_ATTEMPTS) {
          break;
        }
        await pause(clock, backoff.delay(), signal);
      }
    }
    return 'away';
  }

  #pendingOf(job: BuildJob): Pending {
    const pending: Pending = this.#pending.get(job.id) ?? {
      stages: [],
      wants: undefined,
      lines: [],
      from: 0,
      next: null,
      last: Promise.resolve(),
      refused: false
    };
    this.#pending.set(job.id, pending);
    return pending;
  }
}

/** One that is over before it has had a line is not told. */
function begin(pending: Pending, state: BuildState): void {
  const at = pending.from + pending.lines.length;
  pending.stages = [...pending.stages.filter(stage => stage.at < at), { state, at }];
}

/** The newest of `lines`: those that are dropped have their number all the same. */
function keep(pending: Pending, lines: string[]): void {
  pending.lines = lines.slice(lines.length - within(lines.toReversed(), WAITING));
  pending.from += lines.length - pending.lines.length;
}

function mayRetry(error: unknown): boolean {
  return error instanceof ServiceError && error.passing;
}

/** The build is not ours any more: its lease was lost, or it was ended or deleted. */
function isOver(error: unknown): boolean {
  return error instanceof ServiceError && (error.status === 404 || error.status === 409);
}

function shortened(line: string): string {
  return line.length > LIMITS.logLine ? `${line.slice(0, LIMITS.logLine - 1)}…` : line;
}

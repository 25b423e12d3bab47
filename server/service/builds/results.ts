import {
  LIMITS,
  type BuildProgress,
  type BuildProgressReply,
  type BuildResult,
  type BuildState,
  type Problem
} from '../../contract';
import type { Clock } from '../clock';
import type { Cloning } from '../cloning/cloning';
import type { Changes } from '../dashboards/changes';

import { ServiceError } from '../errors';
import type { Logs } from '../logs/logs';
import type { BuildRecord } from './build';
import { LEASE_MS, type BuildQueue } from './queue';
import type { BuildStore } from './store';
import { isFinal } from './transitions';

/** The stages that a runner may report. The others are this service's to write. */
const STAGES: readonly BuildState[] = ['copy', 'start', 'check'];

/** What runners say about builds, and who is to send their files. */
export interface BuildResults {
  progress(build: BuildRecord, progress: BuildProgress): Promise<BuildProgressReply>;
  /** May be repeated. */
  result(build: BuildRecord, outcome: BuildResult['outcome']): Promise<void>;
  /**
   * The files that a build waits for cannot be sent: ends it, with the reason in its log. Others are left alone.
   *
   * @throws ServiceError `state_conflict` while somebody else is sending them
   */
  unsent(build: BuildRecord, reason: Problem): Promise<void>;
}

/**
 * A runner that waits for files says a line when somebody begins to send them, and each second while they come. A sender
 * that has lost its way gives up later than this (`PUSH_PATIENCE_MS`).
 */
const RECEIVING_MS = 120_000;

/** Who says so in the log, besides runners. */
const AUTHOR = 'author';

export interface BuildResultsOptions {
  builds: BuildStore;
  logs: Logs;
  queue: BuildQueue;
  cloning: Pick<Cloning, 'tidy'> | null;
  changes: Changes;
  keepVersions: number;
  clock: Clock;
}

export function createBuildResults(options: BuildResultsOptions): BuildResults {
  const { builds, logs, queue, cloning, changes, keepVersions, clock } = options;
  /** When the runner of a build last said that it receives what it waits for. */
  const receiving = new Map<string, number>();
  /** Which process of which start last reported on a build. */
  const reporters = new Map<string, { startId: string; sender: string }>();

  /**
   * The build as a process works on it that has just reported. One more attempt where another one of the same start did before:
   * Kubernetes starts a container again that was killed, without a word to the Hub.
   *
   * @returns null where that was one too many
   */
  async function takenUp(build: BuildRecord, { startId, sender }: BuildProgress): Promise<BuildRecord | null> {
    const before = reporters.get(build.id);
    if (sender === undefined) {
      return build;
    }
    reporters.set(build.id, { startId, sender });
    if (before?.startId !== startId || before.sender === sender) {
      return build;
    }
    const queued = await queue.again(build);
    if (queued) {
      await builds.move(queued, 'server', { at: clock(), leaseUntil: clock() + LEASE_MS });
    }
    const current = await builds.get(build.id);
    return current && !isFinal(current.state) ? current : null;
  }

  return {
    async progress(reported, { state, wants, ...said }) {
      const build = isFinal(reported.state) ? reported : await takenUp(reported, said);
      if (!build || isFinal(build.state)) {
        receiving.delete(reported.id);
        reporters.delete(reported.id);
        return { cancelled: build?.state !== 'live' };
      }
      const leaseUntil = clock() + LEASE_MS;
      const moved =
        state && state !== build.state && STAGES.includes(state)
          ? await builds.move(build, state, { at: clock(), leaseUntil })
          : null;
      if (!moved) {
        await builds.extendLease(build.id, leaseUntil);
      }
      const changed = wants && (await builds.setWantsFiles(moved ?? build, wants === 'files', clock()));
      if (changed) {
        // What it says as it begins to wait is nothing that it has received.
        receiving.delete(build.id);
      } else if (build.wantsFiles && said.lines.length > 0) {
        receiving.set(build.id, clock());
      }
      if (said.lines.length > 0) {
        await logs.ofBuild(build, said);
      }
      if (moved || changed || said.lines.length > 0) {
        changes.report({ kind: 'build', id: build.id, dashboardId: build.dashboardId });
      }
      if (moved || changed) {
        changes.report({ kind: 'dashboard', id: build.dashboardId });
      }
      return { cancelled: false };
    },

    async result(build, outcome) {
      receiving.delete(build.id);
      reporters.delete(build.id);
      if (!outcome.ok) {
        await queue.fail(build, outcome.problem);
        return;
      }
      let current: BuildRecord | null = build;
      while (current && !isFinal(current.state)) {
        // A result can overtake the last progress, so that the state is read again when it has moved meanwhile.
        if (current.state === 'queued') {
          // The lease was lost, yet the runner was quicker than whoever would have taken the build up again.
          current = await builds.move(current, 'server', { at: clock(), leaseUntil: clock() + LEASE_MS });
          current ??= await builds.get(build.id);
          continue;
        }
        if (await builds.succeed(current, outcome, keepVersions, clock())) {
          changes.report({ kind: 'build', id: build.id, dashboardId: build.dashboardId });
          changes.report({ kind: 'dashboard', id: build.dashboardId });
          await queue.push(build.dashboardId);
          cloning?.tidy(build.dashboardId);
          return;
        }
        current = await builds.get(build.id);
      }
    },

    async unsent(build, reason) {
      if (!build.wantsFiles || isFinal(build.state)) {
        return;
      }
      if (clock() - (receiving.get(build.id) ?? -Infinity) < RECEIVING_MS) {
        throw new ServiceError(
          'state_conflict',
          409,
          'The files of this build are being sent by another JupyterLab or command.',
          'Wait for it to end: it goes on without what could not be sent from here.'
        );
      }
      const lines = [reason.message, ...(reason.detail ?? '').split('\n').filter(Boolean)];
      await logs.ofBuild(build, { startId: AUTHOR, lines: lines.slice(0, LIMITS.reportLines).map(cut) });
      await queue.fail(build, reason);
    }
  };
}

function cut(line: string): string {
  return line.slice(0, LIMITS.logLine);
}

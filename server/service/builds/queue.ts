import type { Problem } from '../../contract';
import type { Clock } from '../clock';
import type { Cloning } from '../cloning/cloning';
import { problem, problemOf, ServiceError } from '../errors';
import type { Logger } from '../logger';
import { pause, repeat } from '../timing';
import type { Changes } from '../dashboards/changes';
import type { Channels } from '../dashboards/channels';
import { activeBuild, builtWhileStopped, type DashboardAggregate, type DashboardRecord } from '../dashboards/dashboard';
import type { Life } from '../dashboards/life';
import { runnerState } from '../dashboards/runner-state';
import type { Reason } from '../dashboards/server-news';
import type { ServerLog } from '../dashboards/server-log';
import type { Servers } from '../dashboards/servers';
import type { DashboardStore } from '../dashboards/store';
import type { VisitedVersions } from '../dashboards/visited-versions';
import type { BuildRecord } from './build';
import type { BuildStore } from './store';
import { isFinal } from './transitions';

/** Whoever works on a build has to be heard of within this time. */
export const LEASE_MS = 60_000;
/** How long a build waits for a Hub that does not answer. */
const HUB_WAIT_MS = 120_000;
const SWEEP_MS = 5_000;

/** Brings builds to their runners, and takes up those whose server or service was lost: once, then they are given up. */
export interface BuildQueue {
  /** Begins with what an earlier process has left. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Looks for work now. */
  wake(): void;
  /** The runner that worked on it is gone. @returns the queued build, or null if it has been given up */
  again(build: BuildRecord): Promise<BuildRecord | null>;
  fail(build: BuildRecord, problem: Problem): Promise<void>;
  /** `actor`: who has asked for it. */
  cancel(build: BuildRecord, actor: string): Promise<BuildRecord>;
  /** Tells the runner what it should be doing now, if it is connected. */
  push(dashboardId: string): Promise<void>;
}

export interface BuildQueueOptions {
  builds: BuildStore;
  dashboards: DashboardStore;
  servers: Servers;
  channels: Channels;
  life: Life;
  changes: Changes;
  visited: VisitedVersions;
  /** Null: no version of this hub is served from a volume of its own. */
  cloning: Cloning | null;
  serverLog: Pick<ServerLog, 'lastEnd'>;
  clock: Clock;
  log: Logger;
  leaseMs?: number;
  sweepMs?: number;
}

export function createBuildQueue(options: BuildQueueOptions): BuildQueue {
  const { builds, dashboards, servers, channels, life, changes, visited, cloning, serverLog, clock, log } = options;
  const leaseMs = options.leaseMs ?? LEASE_MS;
  const driven = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  let stopSweep: (() => Promise<void>) | null = null;
  let sweeping: Promise<void> = Promise.resolve();

  const report = ({ id, dashboardId }: BuildRecord) => {
    changes.report({ kind: 'build', id, dashboardId });
    changes.report({ kind: 'dashboard', id: dashboardId });
  };

  async function push(dashboardId: string): Promise<void> {
    const aggregate = await dashboards.get(dashboardId);
    if (aggregate && channels.connected(dashboardId)) {
      const state = runnerState(aggregate, await dashboards.versions(dashboardId), visited.of(dashboardId));
      channels.push(dashboardId, { kind: 'state', state });
    }
  }

  async function fail(build: BuildRecord, reason: Problem): Promise<void> {
    let current: BuildRecord | null = build;
    // Another writer may be a step ahead; a build that is under way can always fail.
    while (current && !isFinal(current.state)) {
      const moved = await builds.move(current, 'failed', { at: clock(), problem: reason });
      if (moved) {
        await afterEnd(moved);
        return;
      }
      current = await builds.get(build.id);
    }
  }

  /** Nothing to show, nobody to show it to, or no runner to do so: the server is not needed any more. */
  async function afterEnd(build: BuildRecord): Promise<void> {
    report(build);
    cloning?.callOff(build.id);
    cloning?.tidy(build.dashboardId);
    const aggregate = await dashboards.get(build.dashboardId);
    if (aggregate && !aggregate.dashboard.deleting) {
      const { desired, liveVersion } = aggregate.dashboard;
      if (desired === 'off' || liveVersion === null || !channels.connected(build.dashboardId)) {
        await life.sleep(aggregate.dashboard, null);
      } else {
        await push(build.dashboardId);
      }
    }
  }

  async function again(build: BuildRecord): Promise<BuildRecord | null> {
    if (build.attempts >= 1) {
      await fail(build, lost(serverLog.lastEnd(build.dashboardId)));
      return null;
    }
    const queued = await builds.move(build, 'queued', { at: clock(), leaseUntil: null, again: true });
    if (queued) {
      report(queued);
    }
    return queued;
  }

  /** From `queued` to a runner that has the job. */
  async function drive(queued: BuildRecord): Promise<void> {
    const build = await builds.move(queued, 'server', { at: clock(), leaseUntil: clock() + leaseMs });
    if (!build) {
      return;
    }
    report(build);
    // One that fails is made up for by the next, twice before the lease ends.
    const renewal = repeat(
      leaseMs / 3,
      () => builds.extendLease(build.id, clock() + leaseMs),
      error => log.error({ err: error, build: build.id }, 'lease of a build not extended')
    );
    try {
      if (!build.prepared) {
        // What is live goes on meanwhile.
        await (cloning ? cloning.prepare(build) : builds.setPrepared(build.id, null, clock()));
      }
      const aggregate = await dashboards.get(build.dashboardId);
      if (!aggregate || !isActive(aggregate, build)) {
        return; // It has ended meanwhile: been cancelled, say.
      }
      if (!builtWhileStopped(aggregate)) {
        await life.want(aggregate.dashboard);
      }
      await withPatience(build, () => bring(build, aggregate.dashboard));
      await push(build.dashboardId);
    } catch (error) {
      if (stopping.signal.aborted) {
        return; // The next process takes it up.
      }
      if (!(error instanceof ServiceError)) {
        log.error({ err: error, build: build.id }, 'build not brought to its runner');
      }
      await fail(build, problemOf(error));
    } finally {
      await renewal();
    }
  }

  /** Brings up the server of a build, with the volume of its version. One that began without it is followed by another. */
  async function bring(build: BuildRecord, dashboard: DashboardRecord): Promise<void> {
    for (let starts = 0; ; starts++) {
      await servers.ensure(dashboard);
      const aggregate = await dashboards.get(dashboard.id);
      if (!aggregate || !isActive(aggregate, build) || !(await lacksVolume(build, aggregate))) {
        return;
      }
      if (starts > 1) {
        throw volumeGone(build.version);
      }
      await servers.stop(dashboard, false);
    }
  }

  async function lacksVolume({ version }: BuildRecord, { dashboard, runner }: DashboardAggregate): Promise<boolean> {
    const found = (await dashboards.versions(dashboard.id)).find(({ n }) => n === version);
    return found?.volume != null && !runner?.mounted.includes(version);
  }

  /** Ends without a server where the build has ended meanwhile: been cancelled, say, or its dashboard stopped. */
  async function withPatience({ id }: BuildRecord, ensure: () => Promise<void>): Promise<void> {
    const begun = clock();
    for (let delay = 500; ; delay = Math.min(delay * 2, 10_000)) {
      try {
        return await ensure();
      } catch (error) {
        const away = error instanceof ServiceError && error.code === 'hub_unavailable';
        if (!away || clock() - begun > HUB_WAIT_MS || !(await pause(delay, stopping.signal))) {
          throw error;
        }
        const build = await builds.get(id);
        if (!build || isFinal(build.state)) {
          return;
        }
      }
    }
  }

  async function sweep(): Promise<void> {
    for (const found of await builds.active()) {
      let build: BuildRecord | null = found;
      if (driven.has(build.id) || stopping.signal.aborted) {
        continue;
      }
      if (build.state !== 'queued') {
        build = (build.leaseUntil ?? 0) < clock() ? await again(build) : null;
      }
      if (build) {
        const { id } = build;
        driven.set(
          id,
          drive(build)
            .catch(error => log.error({ err: error, build: id }, 'build stuck'))
            .finally(() => driven.delete(id))
        );
      }
    }
  }

  const notLookedThrough = (error: unknown) => log.error({ err: error }, 'builds not looked through');

  function wake(): void {
    sweeping = sweeping.then(sweep).catch(notLookedThrough);
  }

  return {
    async start() {
      for (const build of await builds.active()) {
        if (build.state === 'server') {
          await builds.move(build, 'queued', { at: clock(), leaseUntil: null });
        } else if (build.state !== 'queued') {
          // Its runner goes on working, and finds this service again.
          await builds.extendLease(build.id, clock() + leaseMs);
        }
      }
      wake();
      stopSweep = repeat(
        options.sweepMs ?? SWEEP_MS,
        () => {
          wake();
          return sweeping;
        },
        notLookedThrough
      );
    },
    async stop() {
      stopping.abort();
      await stopSweep?.();
      await sweeping;
    },
    wake,
    again,
    fail,
    push,
    async cancel(build, actor) {
      const called = problem('cancelled', 'This build was cancelled.', 'Publish again when you are ready.');
      // Its runner may report the next stage meanwhile.
      for (let current: BuildRecord | null = build; current && !isFinal(current.state);) {
        const moved = await builds.move(current, 'cancelled', { at: clock(), actor, problem: called });
        if (moved) {
          await afterEnd(moved);
          return moved;
        }
        current = await builds.get(build.id);
      }
      throw new ServiceError(
        'state_conflict',
        409,
        'This build can no longer be cancelled.',
        'Look at its state: it has just ended.'
      );
    }
  };
}

function isActive(aggregate: DashboardAggregate, { id }: BuildRecord): boolean {
  return !aggregate.dashboard.deleting && activeBuild(aggregate)?.id === id;
}

function volumeGone(n: number): ServiceError {
  return new ServiceError(
    'file_missing',
    409,
    `The volume that version ${n} was served from is gone.`,
    'Publish the dashboard again.'
  );
}

function lost(end: Reason | null): Problem {
  const twice = "The dashboard's server went away twice while it was building.";
  return end
    ? problem('build_lost', `${twice} ${end.message}`, end.fix, end.detail)
    : problem(
        'build_lost',
        twice,
        'Publish again. If it happens again, the build may need more memory than the server has.'
      );
}

import { cloneStrategies, mountPath, type Strategy, type VersionMount } from '../../contract';
import type { BuildRecord } from '../builds/build';
import { keptVersions } from '../builds/retention';
import type { BuildStore } from '../builds/store';
import type { Clock } from '../clock';
import type { Changes } from '../dashboards/changes';
import type { ClonedVolume, VersionRecord } from '../dashboards/dashboard';
import type { DashboardStore } from '../dashboards/store';
import { ServiceError } from '../errors';
import type { Logger } from '../logger';
import type { Logs } from '../logs/logs';
import { pause, repeat } from '../timing';
import { LeftForLater, type Volumes } from '../volumes/volumes';
import { locateSource, type Located } from './source-folder';

/** How long the Hub's hook waits for the list of claims; what the database knows of them does instead. */
const LIST_MS = 2_000;
const SWEEP_MS = 5 * 60_000;
/** Who says so in the log of a build, besides runners. */
const SERVICE = 'service';

/** The volumes that versions of dashboards are served from. */
export interface Cloning {
  /** Begins to remove what nobody needs. */
  start(): void;
  /** What is under way is left to the next process. */
  stop(): Promise<void>;
  /**
   * Sees to it that the runner of a build has all that it cannot do itself: clones the volume that the files are on, where
   * that is how they come to their dashboard. Goes on with what an earlier process has begun.
   *
   * @throws ServiceError that says why it cannot; LeftForLater when this process ends
   */
  prepare(build: BuildRecord): Promise<void>;
  /** The build has ended: nothing is prepared for it any longer. */
  callOff(buildId: string): void;
  /** What a server of the dashboard has to have mounted. */
  mounts(dashboardId: string, versions: readonly VersionRecord[]): Promise<VersionMount[]>;
  /** Removes the volumes of versions that are no longer kept; in the background. */
  tidy(dashboardId: string): void;
  /** Removes all volumes of a dashboard. What cannot be removed now is by the next sweep. */
  forget(dashboardId: string): Promise<void>;
}

export interface CloningOptions {
  volumes: Volumes;
  dashboards: DashboardStore;
  builds: BuildStore;
  logs: Logs;
  changes: Changes;
  /** Of what is no dashboard, such as a check: what is still needed of it. */
  keptBesides?: () => ReadonlyMap<string, readonly number[]>;
  /** Those of the hub, in the order of the administrator's. */
  strategies: readonly Strategy[];
  clock: Clock;
  log: Logger;
  sweepMs?: number;
}

export function createCloning(options: CloningOptions): Cloning {
  const { volumes, dashboards, builds, logs, changes, strategies, clock, log } = options;
  const underWay = new Map<string, AbortController>();
  const stopping = new AbortController();
  let sweeping: Promise<void> = Promise.resolve();
  let stopSweeping: () => Promise<void> = async () => undefined;

  const report = ({ id, dashboardId }: BuildRecord) => changes.report({ kind: 'build', id, dashboardId });

  /** Says lines in the log of a build, one after the other. */
  function teller(build: BuildRecord): { line(text: string): void; told(): Promise<void> } {
    let told: Promise<void> = Promise.resolve();
    return {
      line(text) {
        told = told
          .then(() => logs.ofBuild(build, { startId: SERVICE, lines: [text] }))
          .then(() => report(build))
          .catch((error: unknown) => log.error({ err: error, build: build.id }, 'line of a build not kept'));
      },
      told: () => told
    };
  }

  async function clone(
    build: BuildRecord,
    owner: string,
    { folder: from, path }: Located,
    { signal, line }: { signal: AbortSignal; line(text: string): void }
  ): Promise<ClonedVolume | null> {
    const { id: buildId, dashboardId, version: n } = build;
    const [...left] = cloneStrategies(strategies);
    for (let strategy = left.shift(); strategy; strategy = left.shift()) {
      try {
        await volumes.make({ dashboardId, n, buildId, owner }, from, strategy, { signal, line });
        const claim = (await volumes.claims(dashboardId)).get(n);
        if (claim === undefined) {
          throw new ServiceError(
            'clone_failed',
            409,
            `The volume ${from.claim} was cloned, and its clone is gone again.`,
            'Publish again. If it happens again, tell the administrator of this hub.'
          );
        }
        return { strategy, claim, subPath: from.subPath, source: from.claim, path };
      } catch (error) {
        const other = left.length > 0 || strategies.includes('relay');
        if (!(error instanceof ServiceError && error.code === 'clone_unsupported' && other)) {
          throw error;
        }
        line(error.message);
      }
    }
    return null;
  }

  async function volumeFor(
    build: BuildRecord,
    told: { signal: AbortSignal; line(text: string): void }
  ): Promise<ClonedVolume | null> {
    const aggregate = await dashboards.get(build.dashboardId);
    const versions = await dashboards.versions(build.dashboardId);
    const version = versions.find(({ n }) => n === build.version);
    if (!aggregate || !version || build.kind !== 'publish' || cloneStrategies(strategies).length === 0) {
      return null;
    }
    const { owner } = aggregate.dashboard;
    let located: Located;
    try {
      located = await locateSource(volumes, owner, version, versions);
    } catch (error) {
      if (!goesOnWithout(error, version)) {
        throw error;
      }
      told.line(error.message);
      return null;
    }
    return clone(build, owner, located, told);
  }

  /** Whether the runner may have a way of its own to files that are not found on a volume. */
  function goesOnWithout(error: unknown, { place }: VersionRecord): error is ServiceError {
    const code = error instanceof ServiceError ? error.code : null;
    return (
      (code === 'source_not_on_claim' && (strategies.includes('snapshot') || strategies.includes('relay'))) ||
      // A program that sees the files can send them from wherever it is.
      (code === 'source_not_running' && strategies.includes('relay') && place !== null)
    );
  }

  async function sweep(): Promise<void> {
    const kept = await dashboards.keptVersions();
    await volumes.sweep(new Map([...kept, ...(options.keptBesides?.() ?? [])]));
  }

  const removed = (work: Promise<void>, dashboard: string) =>
    work.catch((error: unknown) => log.warn({ err: error, dashboard }, 'volumes are left for the next sweep'));

  return {
    start() {
      const run = () => (sweeping = sweep());
      const failed = (error: unknown) => log.warn({ err: error }, 'volumes not looked through');
      run().catch(failed);
      stopSweeping = repeat(options.sweepMs ?? SWEEP_MS, run, failed);
    },

    async stop() {
      stopping.abort(new LeftForLater());
      await stopSweeping();
    },

    async prepare(build) {
      const calledOff = new AbortController();
      underWay.set(build.id, calledOff);
      const { line, told } = teller(build);
      try {
        // A sweep knows the versions that there were when it began.
        await sweeping.catch(() => undefined);
        const signal = AbortSignal.any([calledOff.signal, stopping.signal]);
        const volume = await volumeFor(build, { signal, line });
        signal.throwIfAborted();
        await builds.setPrepared(build.id, volume, clock());
        report(build);
      } catch (error) {
        if (error instanceof ServiceError && !calledOff.signal.aborted && !stopping.signal.aborted) {
          inLog(error).forEach(line);
        }
        throw error;
      } finally {
        underWay.delete(build.id);
        await told();
      }
    },

    callOff: buildId => underWay.get(buildId)?.abort(),

    async mounts(dashboardId, versions) {
      const kept = keptVersions(versions);
      const wanted = versions.filter(({ n, volume }) => volume && kept.includes(n));
      if (wanted.length === 0) {
        return [];
      }
      const claims = await within(volumes.claims(dashboardId), LIST_MS).catch((error: unknown) => {
        log.warn({ err: error, dashboard: dashboardId }, 'claims not listed: mounted are those that were there');
        return null;
      });
      return wanted.flatMap(({ n, volume }) =>
        volume && (claims === null || claims.get(n) === volume.claim)
          ? [{ version: n, claim: volume.claim, subPath: volume.subPath, path: mountPath(n) }]
          : []
      );
    },

    tidy(dashboardId) {
      const work = dashboards
        .versions(dashboardId)
        .then(versions => volumes.remove(dashboardId, keptVersions(versions), Math.max(...versions.map(({ n }) => n))));
      void removed(work, dashboardId);
    },

    forget: dashboardId => removed(volumes.remove(dashboardId, []), dashboardId)
  };
}

/** What is wrong and what to do, and below it the original text. */
function inLog({ message, fix, detail }: ServiceError): string[] {
  return [[message, fix].filter(Boolean).join(' '), ...(detail === undefined ? [] : [`    ${detail}`])];
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  const done = new AbortController();
  const late = pause(ms, done.signal).then((): never => {
    throw new Error(`no answer within ${ms} ms`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}

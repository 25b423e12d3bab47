import { mountPath, sameEntry, type BuildJob, type RunnableVersion, type RunnerState } from '../../contract';
import { keptVersions } from '../builds/retention';
import { activeBuild, type DashboardAggregate, type VersionRecord } from './dashboard';

/** What the runner should be doing now. `versions` are all of the dashboard's, `visited` those opened by their own link. */
export function runnerState(
  aggregate: DashboardAggregate,
  versions: readonly VersionRecord[],
  visited: readonly number[]
): RunnerState {
  const { dashboard, live } = aggregate;
  if (dashboard.deleting) {
    return { revision: dashboard.revision, live: null, job: null, kept: [] };
  }
  // A stopped dashboard has a server only while a new version of it is built: nobody is let to any of them meanwhile.
  const stopped = dashboard.desired === 'off';
  return {
    revision: dashboard.revision,
    live: stopped ? null : live && runnable(live),
    ...(stopped && { stopped }),
    visited: (stopped ? [] : visited).flatMap(n => {
      const version = versions.find(one => one.n === n && one.state === 'ready' && n !== live?.n);
      return (version && runnable(version)) ?? [];
    }),
    job: job(aggregate, versions),
    kept: keptVersions(versions)
  };
}

function job(aggregate: DashboardAggregate, versions: readonly VersionRecord[]): BuildJob | null {
  const build = activeBuild(aggregate);
  const version = versions.find(({ n }) => n === build?.version);
  if (!build || !version || !build.prepared) {
    return null;
  }
  // Its server is followed by one that has the volume.
  if (version.volume && !aggregate.runner?.mounted.includes(version.n)) {
    return null;
  }
  if (build.kind === 'activate') {
    const target = runnable(version);
    return target && { kind: 'activate', id: build.id, version: target };
  }
  const { n, source, place, volume, requestedFramework: framework, command } = version;
  const { live } = aggregate;
  const before = live?.strategy && sameEntry(live.source, source) ? live.strategy : null;
  return {
    kind: 'publish',
    id: build.id,
    n,
    source,
    ...(place && { place }),
    ...(before && { before }),
    ...(volume && { cloned: { strategy: volume.strategy, folder: mountPath(n), from: volume.path } }),
    framework,
    command
  };
}

function runnable({ n, framework, source, command, strategy, builtWith }: VersionRecord): RunnableVersion | null {
  return (
    framework && {
      ...{ n, framework, entry: source.entry, command },
      ...(strategy && { strategy }),
      ...(builtWith && { builtWith: { python: builtWith.python, framework: builtWith.framework } })
    }
  );
}

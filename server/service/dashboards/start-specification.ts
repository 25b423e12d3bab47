import type { StartReply, StartRequest } from '../../contract';
import { LEASE_MS, type BuildQueue } from '../builds/queue';
import { describeStartAtHub } from '../audit/details';
import type { BuildStore } from '../builds/store';
import type { Clock } from '../clock';
import type { Cloning } from '../cloning/cloning';
import type { Config } from '../config';
import { problem } from '../errors';
import { dashboardsOrigin } from './addresses';
import type { Changes } from './changes';
import type { Channels } from './channels';
import { activeBuild, builtWhileStopped, type DashboardAggregate } from './dashboard';
import { randomId } from './ids';
import type { Life } from './life';
import { runnerState } from './runner-state';
import { offeredStrategies } from './source';
import { wantedPod } from './server-pod';
import { refuse, run } from './start-reply';
import type { Servers } from './servers';
import type { DashboardStore } from './store';
import type { VisitedVersions } from './visited-versions';

export interface StartSpecificationsOptions {
  store: DashboardStore;
  builds: BuildStore;
  queue: BuildQueue;
  life: Life;
  channels: Pick<Channels, 'refuse'>;
  servers: Pick<Servers, 'prepared' | 'starting' | 'stopping'>;
  changes: Changes;
  visited: VisitedVersions;
  cloning: Pick<Cloning, 'mounts'> | null;
  config: Config;
  publicServiceUrl: string;
  ticketKey: string;
  clock: Clock;
}

/**
 * Answers the Hub's hook: what to run under a server name of a user's, or why nothing.
 *
 * @param isAwaited - whether the Hub still waits for the answer. Where it has given up, the server has started with what was
 * said before, and another start would take the dashboard away from it.
 */
export type StartSpecifications = (request: StartRequest, isAwaited?: () => Promise<boolean>) => Promise<StartReply>;

/** Nobody reads it. */
const GIVEN_UP = 'The Hub waits for this answer no longer.';

export function createStartSpecifications(options: StartSpecificationsOptions): StartSpecifications {
  const { store, builds, queue, life, channels, servers, changes, visited, cloning, config, clock } = options;

  /** The job goes into the specification. A runner that worked on it before is gone: it has a successor now. */
  async function takeUpBuild(aggregate: DashboardAggregate): Promise<void> {
    let build = activeBuild(aggregate);
    if (build && build.state !== 'queued' && build.state !== 'server') {
      build = await queue.again(build);
    }
    // One that waits for its volume is the queue's.
    if (build?.state === 'queued' && build.prepared) {
      await builds.move(build, 'server', { at: clock(), leaseUntil: clock() + LEASE_MS });
    }
  }

  return async ({ userId, userName, serverName }, isAwaited = () => Promise.resolve(true)) => {
    if (!(await isAwaited())) {
      return refuse(GIVEN_UP);
    }
    const found = await store.byServer(userName, serverName);
    if (!found) {
      return refuse(
        `There is no dashboard behind the server name ${serverName}. Servers of that kind are started by publishing.`
      );
    }
    const { dashboard } = found;
    if (!(await store.bindOwner(dashboard.id, userId))) {
      const reason = problem(
        'server_failed',
        'This dashboard belongs to an earlier user of the same name.',
        'Ask the administrator to delete it.'
      );
      // Else whoever waits for its runner would hear of none.
      channels.refuse(dashboard.id, reason);
      return refuse(`${reason.message} ${reason.fix}`);
    }
    if (!dashboard.deleting && dashboard.liveVersion === null && !activeBuild(found)) {
      return refuse('There is nothing to start: no version of this dashboard has worked yet. Publish it again.');
    }
    const turnedOff = !dashboard.deleting && dashboard.desired === 'off' && !builtWhileStopped(found);
    if (servers.stopping(dashboard.id) || (turnedOff && servers.starting(dashboard.id))) {
      // What began this start has been called off, and the Hub has not heard of that yet. It is asked for a start that is
      // wanted since then only when the stop has ended.
      return refuse('This dashboard has been stopped. Start it in the dashboards panel of JupyterLab.');
    }
    if (!dashboard.deleting) {
      // A start by hand is a wish as good as a visit, and also ends a stop.
      if (!builtWhileStopped(found)) {
        await life.want(dashboard, describeStartAtHub());
      }
      await takeUpBuild(found);
    }
    // What a server has to have that only removes files is there without them.
    const versions = dashboard.deleting ? [] : await store.versions(dashboard.id);
    const mounts = (await cloning?.mounts(dashboard.id, versions)) ?? [];
    const mounted = mounts.map(({ version }) => version);
    if (!(await isAwaited())) {
      return refuse(GIVEN_UP);
    }
    const { startId } = await store.beginStart(dashboard.id, randomId(26), clock(), mounted);
    const current = await store.get(dashboard.id);
    if (!current) {
      return refuse('This dashboard has just been deleted.');
    }
    if (!dashboard.deleting) {
      await store.setProblem(dashboard.id, null, clock());
    }
    changes.report({ kind: 'dashboard', id: dashboard.id });
    servers.prepared(dashboard.id);
    return run(
      {
        dashboard: { id: dashboard.id, slug: dashboard.slug, name: dashboard.name },
        owner: dashboard.owner,
        serverName,
        startId,
        serviceUrl: config.runnerServiceUrl,
        publicServiceUrl: options.publicServiceUrl,
        dashboardsOrigin: dashboardsOrigin(config, dashboard.owner),
        ticketKey: options.ticketKey,
        readyTimeout: config.readyTimeout,
        ...(config.requestTimeout !== null && { requestTimeout: config.requestTimeout }),
        additions: config.additions,
        ...(config.gitHosts && { gitHosts: config.gitHosts }),
        ...(config.publishablePaths && { publishablePaths: config.publishablePaths }),
        strategies: offeredStrategies(config),
        frameworks: config.frameworks,
        state: runnerState(current, await store.versions(dashboard.id), visited.of(dashboard.id))
      },
      mounts,
      wantedPod(current, versions, config.pinImage)
    );
  };
}

import type { BuildQueue } from '../builds/queue';
import type { Clock } from '../clock';
import type { Logger } from '../logger';
import { pause, repeat } from '../timing';
import type { Changes } from './changes';
import type { ChannelNews, Channels } from './channels';
import { activeBuild, builtWhileStopped, type DashboardAggregate, type DashboardRecord } from './dashboard';
import type { HubServers, ServerState } from './hub-servers';
import type { Life } from './life';
import type { Removal } from './removal';
import { createRestarts, tooManyRestarts } from './restarts';
import type { ServerLog } from './server-log';
import type { Servers } from './servers';
import type { DashboardStore } from './store';

const INTERVAL_MS = 30_000;
/** A runner whose stream broke comes back within this time, if it is still there. */
const GRACE_MS = 3_000;
/** A runner that reports to nobody for so long looks for the service where it no longer is, or hangs. */
const SILENCE_MS = 30_000;
/** Every so many looks is at all dashboards, also at those that should have no server: a stop may not have reached the Hub. */
const LOOKS_UNTIL_ALL = 20;

/** Brings what is and what is wanted together: after a restart of Hub or service, and when servers are stopped by others. */
export interface Reconciler {
  start(): void;
  stop(): Promise<void>;
  /** Looks at everything that matters now. `all`: also for servers that should not be there. */
  run(all?: boolean): Promise<void>;
}

export interface ReconcilerOptions {
  store: DashboardStore;
  hub: HubServers;
  channels: Channels;
  servers: Servers;
  life: Life;
  queue: BuildQueue;
  removal: Removal;
  changes: Changes;
  serverLog: Pick<ServerLog, 'lastEnd'>;
  clock: Clock;
  log: Logger;
  intervalMs?: number;
  graceMs?: number;
  silenceMs?: number;
}

export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { store, hub, channels, servers, life, queue, removal, changes, serverLog, clock, log } = options;
  const graceMs = options.graceMs ?? GRACE_MS;
  const silenceMs = options.silenceMs ?? SILENCE_MS;
  const restarts = createRestarts(clock);
  const awaited = new Set<string>();
  const stopping = new AbortController();
  let unsubscribe: () => void = () => undefined;
  let stopLooking: () => Promise<void> = async () => undefined;

  const notReconciled = (error: unknown) => log.error({ err: error }, 'reconciler failed');
  const inBackground = (work: Promise<void>) => void work.catch(notReconciled);

  /** Its server is gone although it was wanted. */
  async function takeUp(aggregate: DashboardAggregate): Promise<void> {
    const { dashboard, runner } = aggregate;
    const build = activeBuild(aggregate);
    const watched = (runner?.connections ?? 0) > 0;
    if (runner) {
      await store.endStart(runner.startId);
      changes.report({ kind: 'dashboard', id: dashboard.id });
    }
    if (build) {
      if (build.state !== 'queued' && build.state !== 'server') {
        await queue.again(build);
      }
      queue.wake();
      return;
    }
    if (!watched || dashboard.liveVersion === null) {
      await life.sleep(dashboard, null);
      return;
    }
    const restart = restarts.next(dashboard.id);
    if (!restart) {
      await life.sleep(dashboard, tooManyRestarts(serverLog.lastEnd(dashboard.id)));
      return;
    }
    log.info({ dashboard: dashboard.id, restart: restart.count }, 'server gone with viewers connected: started again');
    const wanted = await stillWanted(dashboard.id, restart.waitMs);
    if (wanted) {
      await life.wake(wanted);
    }
  }

  /** What is wanted after a pause, in which it may have been stopped or deleted: null then. */
  async function stillWanted(id: string, waitMs: number): Promise<DashboardRecord | null> {
    const found = (await pause(waitMs, stopping.signal)) ? await store.get(id) : null;
    if (found?.dashboard.desired === 'on' && !found.dashboard.deleting) {
      return found.dashboard;
    }
    log.info({ dashboard: id }, 'not wanted any more: not started again');
    return null;
  }

  /** It is wanted and the Hub calls it ready, but no runner reports from it. */
  function lacksRunner(aggregate: DashboardAggregate, server: ServerState | undefined): server is ServerState {
    const { id, desired, deleting } = aggregate.dashboard;
    return (
      desired === 'on' &&
      !deleting &&
      server?.ready === true &&
      !server.pending &&
      !channels.connected(id) &&
      !servers.starting(id) &&
      // A build has a lease, after which the queue looks for another runner.
      !activeBuild(aggregate)
    );
  }

  /** Gives a runner time to come back, else its server is started anew. */
  async function awaitRunner({ id, owner, serverName }: DashboardRecord): Promise<void> {
    if (awaited.has(id)) {
      return;
    }
    awaited.add(id);
    const waiting = new AbortController();
    const signal = AbortSignal.any([waiting.signal, stopping.signal]);
    try {
      const isBack = (news: ChannelNews): news is Extract<ChannelNews, { startId: string }> =>
        news.kind === 'connected' && news.dashboardId === id;
      const back = channels.next(isBack, signal).then(() => false);
      if (!(await Promise.race([back, pause(silenceMs, signal)]))) {
        return;
      }
      const server = (await hub.servers(owner))?.get(serverName);
      const aggregate = await store.get(id);
      if (aggregate && lacksRunner(aggregate, server)) {
        await replace(aggregate);
      }
    } finally {
      waiting.abort();
      awaited.delete(id);
    }
  }

  async function replace({ dashboard, runner }: DashboardAggregate): Promise<void> {
    const { id } = dashboard;
    const restart = restarts.next(id);
    if (!restart) {
      await life.sleep(dashboard, tooManyRestarts(serverLog.lastEnd(dashboard.id)));
      return;
    }
    const wanted = await stillWanted(id, restart.waitMs);
    if (!wanted || channels.connected(id) || servers.starting(id)) {
      return;
    }
    log.warn(
      { dashboard: id, restart: restart.count, silenceMs },
      'server ready at the Hub, but its runner does not report: stopped and started again'
    );
    if (runner) {
      await store.endStart(runner.startId);
    }
    // The start waits for the end of the stop, and is under way from now on, so that nobody takes the server for lost.
    servers
      .stop(wanted, false)
      .catch((error: unknown) => log.warn({ err: error, dashboard: id }, 'server not stopped'));
    await life.wake(wanted);
  }

  async function reconcile(aggregate: DashboardAggregate, server: ServerState | undefined): Promise<void> {
    const { dashboard, runner } = aggregate;
    if (dashboard.deleting) {
      inBackground(removal.goOn(dashboard));
      return;
    }
    if (servers.starting(dashboard.id) || activeBuild(aggregate)?.state === 'queued') {
      return;
    }
    if (dashboard.desired !== 'on' && !builtWhileStopped(aggregate)) {
      if (server && !server.pending) {
        await servers.stop(dashboard, false);
      } else if (!server && runner?.ready) {
        await store.endStart(runner.startId);
      }
      return;
    }
    if (!server || server.pending === 'stop') {
      // A start that the hook has just answered is not in the Hub's list yet.
      if (!channels.connected(dashboard.id) && clock() - (runner?.startedAt ?? 0) > graceMs) {
        await takeUp(aggregate);
      }
      return;
    }
    if (server.ready && runner && !runner.ready) {
      await store.setReady(runner.startId, server.fullUrl);
      changes.report({ kind: 'dashboard', id: dashboard.id });
    }
    if (lacksRunner(aggregate, server)) {
      inBackground(awaitRunner(dashboard));
    }
  }

  async function reconcileOwner(owner: string, aggregates: readonly DashboardAggregate[]): Promise<void> {
    try {
      const found = await hub.servers(owner);
      for (const aggregate of aggregates) {
        await reconcile(aggregate, found?.get(aggregate.dashboard.serverName));
      }
    } catch (error) {
      log.warn({ err: error, owner }, 'not reconciled');
    }
  }

  async function run(all = false): Promise<void> {
    const byOwner = new Map<string, DashboardAggregate[]>();
    for (const aggregate of await store.toReconcile(all)) {
      const { owner } = aggregate.dashboard;
      byOwner.set(owner, [...(byOwner.get(owner) ?? []), aggregate]);
    }
    for (const [owner, aggregates] of byOwner) {
      if (stopping.signal.aborted) {
        return;
      }
      await reconcileOwner(owner, aggregates);
    }
  }

  async function afterDisconnect(dashboardId: string): Promise<void> {
    if (!(await pause(graceMs, stopping.signal)) || channels.connected(dashboardId)) {
      return;
    }
    const aggregate = await store.get(dashboardId);
    if (aggregate) {
      changes.report({ kind: 'dashboard', id: dashboardId });
      await reconcileOwner(aggregate.dashboard.owner, [aggregate]);
    }
  }

  /** The runner listens before the Hub's proxy leads to it: visitors, who wait, are sent there when the Hub says so. */
  async function confirmReady(dashboardId: string, startId: string): Promise<void> {
    for (
      let wait = 50;
      !stopping.signal.aborted && channels.connected(dashboardId);
      wait = Math.min(wait * 1.2, 2_000)
    ) {
      const aggregate = await store.get(dashboardId);
      if (!aggregate || aggregate.runner?.startId !== startId || aggregate.runner.ready) {
        return;
      }
      const { owner, serverName } = aggregate.dashboard;
      const server = (await hub.servers(owner).catch(() => null))?.get(serverName);
      if (server?.ready) {
        await store.setReady(startId, server.fullUrl);
        changes.report({ kind: 'dashboard', id: dashboardId });
        return;
      }
      await pause(wait, stopping.signal);
    }
  }

  return {
    start() {
      unsubscribe = channels.subscribe(news => {
        if (news.kind === 'connected') {
          changes.report({ kind: 'dashboard', id: news.dashboardId });
          inBackground(confirmReady(news.dashboardId, news.startId));
        } else if (news.kind === 'gone') {
          inBackground(afterDisconnect(news.dashboardId));
        }
      });
      let looks = 0;
      stopLooking = repeat(
        options.intervalMs ?? INTERVAL_MS,
        () => run(++looks % LOOKS_UNTIL_ALL === 0),
        notReconciled
      );
      // Runners that have outlived this service come back within the grace.
      inBackground(pause(graceMs, stopping.signal).then(go => (go ? run(true) : undefined)));
    },
    async stop() {
      stopping.abort();
      unsubscribe();
      await stopLooking();
    },
    run
  };
}

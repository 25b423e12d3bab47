import type { BuildQueue } from '../builds/queue';
import type { Clock } from '../clock';
import { problem } from '../errors';
import type { Logger } from '../logger';
import { pause, repeat } from '../timing';
import type { Changes } from './changes';
import type { Channels } from './channels';
import { activeBuild, type DashboardAggregate } from './dashboard';
import type { HubServers, ServerState } from './hub-servers';
import type { Life } from './life';
import type { Removal } from './removal';
import type { Servers } from './servers';
import type { DashboardStore } from './store';

const INTERVAL_MS = 30_000;
/** A runner whose stream broke comes back within this time, if it is still there. */
const GRACE_MS = 3_000;
const MAX_RESTARTS = 3;
const RESTART_WINDOW_MS = 5 * 60_000;

/** Brings what is and what is wanted together: after a restart of Hub or service, and when servers are stopped by others. */
export interface Reconciler {
  start(): void;
  stop(): Promise<void>;
  /** Looks at everything now. */
  run(): Promise<void>;
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
  clock: Clock;
  log: Logger;
  intervalMs?: number;
  graceMs?: number;
}

export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { store, hub, channels, servers, life, queue, removal, changes, clock, log } = options;
  const graceMs = options.graceMs ?? GRACE_MS;
  const restarts = new Map<string, number[]>();
  const stopping = new AbortController();
  let unsubscribe: () => void = () => undefined;
  let stopLooking: () => Promise<void> = async () => undefined;

  const inBackground = (work: Promise<void>) =>
    void work.catch((error: unknown) => log.error({ err: error }, 'reconciler failed'));

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
    const since = clock() - RESTART_WINDOW_MS;
    const recent = (restarts.get(dashboard.id) ?? []).filter(at => at > since);
    if (recent.length >= MAX_RESTARTS) {
      await life.sleep(
        dashboard,
        problem(
          'server_stopped',
          `The dashboard's server went away ${recent.length + 1} times within five minutes.`,
          'Its log at the Hub says why; it may need more memory. Start it again when that is settled.'
        )
      );
      return;
    }
    restarts.set(dashboard.id, [...recent, clock()]);
    log.info(
      { dashboard: dashboard.id, restart: recent.length + 1 },
      'server gone with viewers connected: started again'
    );
    await pause(recent.length * 2_000, stopping.signal);
    await life.wake(dashboard);
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
    if (dashboard.desired !== 'on') {
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

  async function run(): Promise<void> {
    const byOwner = new Map<string, DashboardAggregate[]>();
    for (const aggregate of await store.toReconcile()) {
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

  /** The runner listens before the Hub's proxy leads to it: visitors are sent there when the Hub says so. */
  async function confirmReady(dashboardId: string, startId: string): Promise<void> {
    for (
      let wait = 50;
      !stopping.signal.aborted && channels.connected(dashboardId);
      wait = Math.min(wait * 1.5, 2_000)
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
      stopLooking = repeat(options.intervalMs ?? INTERVAL_MS, () =>
        run().catch((error: unknown) => log.error({ err: error }, 'reconciler failed'))
      );
      // Runners that have outlived this service come back within the grace.
      inBackground(pause(graceMs, stopping.signal).then(go => (go ? run() : undefined)));
    },
    async stop() {
      stopping.abort();
      unsubscribe();
      await stopLooking();
    },
    run
  };
}

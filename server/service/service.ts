import type { FastifyBaseLogger } from 'fastify';

import { isCloneStrategy } from '../contract';

import { createIdentities } from './access/identities';
import { loadKeys, type Keys } from './access/keys';
import { createTickets } from './access/tickets';
import { createViewers, SESSION_MAX_AGE_MS } from './access/viewers';
import { createAddresses } from './addresses';
import { AUDIT_MS } from './audit/audit';
import { createRefusals } from './audit/refusals';
import { createBuildQueue } from './builds/queue';
import { createBuildResults } from './builds/results';
import { createChecks } from './check/checks';
import type { Clock } from './clock';
import { createCloning } from './cloning/cloning';
import { volumesOf } from './cloning/open-volumes';
import type { Config } from './config';
import type { Context } from './context';
import { createChanges } from './dashboards/changes';
import { createChannels } from './dashboards/channels';
import { createFeed } from './dashboards/feed';
import { createHeartbeats } from './dashboards/heartbeat';
import { CHANGES_MS } from './dashboards/change-log';
import { KEY_MS } from './dashboards/idempotency';
import { createLife } from './dashboards/life';
import { createPublisher } from './dashboards/publish';
import { createReconciler, type Reconciler } from './dashboards/reconciler';
import { createRemoval } from './dashboards/removal';
import { createServerLog } from './dashboards/server-log';
import { createServerPods } from './dashboards/server-pod';
import { createServers } from './dashboards/servers';
import { offeredStrategies } from './dashboards/source';
import { createStartSpecifications } from './dashboards/start-specification';
import { createVisitedVersions } from './dashboards/visited-versions';
import { createAuditLog } from './db/audit';
import { refuseToForget } from './db/begin';
import { createBuildStore } from './db/build-store';
import { createChangeLog } from './db/change-log';
import { createDashboardStore } from './db/dashboard-store';
import { createLogStore } from './db/log-store';
import { createFigures } from './db/figures';
import { createGitCredentialStore } from './db/git-credential-store';
import { instanceOf } from './db/instance';
import { createKeyStore } from './db/key-store';
import { openDatabase } from './db/open';
import { createViewerStore } from './db/viewer-store';
import type { Environment } from './env';
import { forgetLeavers } from './git/forget';
import { createGitCredentials } from './git/git-credentials';
import { createApp, type App } from './http/app';
import { countFetch } from './hub/counted-fetch';
import { createHubClient } from './hub/client';
import { createMetrics } from './metrics/metrics';
import { startPruning } from './pruning';
import type { Volumes } from './volumes/volumes';
import { createLogs } from './logs/logs';

/** A stream of the API outlives its caller's token, or the sign-in of the page, by little more than this. */
const RECHECK_MS = 30_000;
const CLOSE_MS = 500;

/** What tests decide differently. */
export interface ServiceOptions {
  clock?: Clock;
  /** In place of those of a cluster. */
  volumes?: Volumes;
  /** Shorter waits, in milliseconds. */
  timing?: {
    runnerWaitMs?: number;
    runningMs?: number;
    pollMs?: number;
    sweepMs?: number;
    leaseMs?: number;
    intervalMs?: number;
    graceMs?: number;
    silenceMs?: number;
    runnerTimeMs?: number;
    recheckMs?: number;
    volumesMs?: number;
  };
}

export interface Service {
  app: App;
  context: Context;
  reconciler: Reconciler;
  /** Begins with the work in the background. */
  start(): Promise<void>;
  /** Ends everything, in order; what is under way is taken up by the next process. */
  stop(): Promise<void>;
}

/** Puts the service together: the one place that knows which part is which. */
export async function createService(
  env: Environment,
  config: Config,
  logger: FastifyBaseLogger,
  { clock = Date.now, volumes, timing = {} }: ServiceOptions = {}
): Promise<Service> {
  const hubRequests = { answered: 0, refused: 0, failed: 0, unanswered: 0 };
  const hub = createHubClient({ ...env, fetch: countFetch(globalThis.fetch, hubRequests) });
  const keyFile = `${config.database}.key`;
  await refuseToForget(config.database, keyFile, hub);
  const db = await openDatabase(config.database, keyFile);
  let keys: Keys;
  try {
    keys = loadKeys(keyFile);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const addresses = createAddresses(config, env);
  const log = logger;

  const dashboards = createDashboardStore(db);
  await dashboards
    .outgrow(clock())
    .catch((error: unknown) => logger.error({ err: error }, 'revisions of dashboards not raised'));
  const builds = createBuildStore(db);
  const viewerStore = createViewerStore(db);
  const keyStore = createKeyStore(db);
  const gitCredentialStore = createGitCredentialStore(db);
  const audit = createAuditLog(db);
  const logs = createLogs(createLogStore(db), clock);

  const changes = createChanges();
  const changeLog = createChangeLog(db);
  const feed = createFeed({ log: changeLog, store: dashboards, changes, clock, logger });
  const channels = createChannels();
  const identities = createIdentities(hub, clock);
  const viewers = createViewers({ store: viewerStore, hub, identities, keys, clock });
  const tickets = createTickets({ store: viewerStore, viewers, keys, clock, log });

  const gitCredentials = createGitCredentials({ store: gitCredentialStore, keys, clock });

  const visited = createVisitedVersions(clock);
  const serverLog = createServerLog({ store: dashboards, logs, changes, clock, log });
  const servers = createServers({ hub, channels, clock, tell: serverLog.tell, ...timing });
  const life = createLife({ store: dashboards, audit, servers, changes, clock, log });
  const strategies = offeredStrategies(config);
  // Also where that is not allowed any more: there may be volumes to be mounted, and removed.
  const needed = strategies.some(isCloneStrategy) || (await dashboards.hasVolumes());
  const opened = needed
    ? (volumes ?? (await volumesOf(env, config, { instance: await instanceOf(db), clock, log })))
    : null;
  const cloning = opened
    ? createCloning({
        volumes: opened,
        ...{ dashboards, builds, logs, changes, strategies, clock, log },
        keptBesides: () => checks.kept(),
        sweepMs: timing.volumesMs
      })
    : null;
  const queue = createBuildQueue({
    builds,
    dashboards,
    servers,
    channels,
    life,
    changes,
    visited,
    cloning,
    serverLog,
    clock,
    log,
    ...timing
  });
  const results = createBuildResults({
    builds,
    logs,
    queue,
    cloning,
    changes,
    keepVersions: config.keepVersions,
    clock
  });
  const publisher = createPublisher({
    store: dashboards,
    keys: keyStore,
    queue,
    gitCredentials,
    tickets,
    channels,
    changes,
    hub,
    config,
    clock
  });
  const removal = createRemoval({
    store: dashboards,
    queue,
    servers,
    hub,
    channels,
    changes,
    tickets,
    audit,
    cloning,
    clock,
    log,
    ...timing
  });
  const startSpecifications = createStartSpecifications({
    store: dashboards,
    builds,
    queue,
    life,
    channels,
    servers,
    changes,
    visited,
    cloning,
    config,
    publicServiceUrl: addresses.serviceUrl,
    ticketKey: keys.publicKey,
    clock
  });
  const checks = createChecks({
    config,
    volumes: opened,
    hub,
    apiToken: env.apiToken,
    publicServiceUrl: addresses.serviceUrl,
    keys,
    clock
  });
  const reconciler = createReconciler({
    store: dashboards,
    hub,
    channels,
    servers,
    life,
    queue,
    removal,
    changes,
    serverLog,
    clock,
    log,
    ...timing
  });

  const refusals = createRefusals({ audit, clock, log });

  const context: Context = {
    config,
    addresses,
    clock,
    recheckMs: timing.recheckMs ?? RECHECK_MS,
    hub,
    identities,
    keys,
    dashboards,
    builds,
    audit,
    metrics: createMetrics({ figures: createFigures(db), channels, hubRequests, clock }),
    refusals,
    logs,
    changes,
    feed,
    heartbeats: createHeartbeats({ dashboards, tickets, changes, clock, log }),
    channels,
    servers,
    serverLog,
    hearPod: createServerPods({ store: dashboards, serverLog }),
    life,
    queue,
    results,
    publisher,
    gitCredentials,
    removal,
    startSpecifications: async (request, isAwaited) => checks.start(request) ?? startSpecifications(request, isAwaited),
    checks,
    visited,
    viewers,
    tickets,
    oauth: { clientId: env.clientId, callbackUrl: env.callbackUrl }
  };
  const app = await createApp(context, logger);
  let stopPruning: () => Promise<void> = async () => undefined;

  return {
    app,
    context,
    reconciler,
    async start() {
      await feed.start();
      await queue.start();
      cloning?.start();
      reconciler.start();
      stopPruning = startPruning(
        {
          'sign-ins': () => viewerStore.prune(clock() - SESSION_MAX_AGE_MS),
          'git credentials': () => forgetLeavers(gitCredentialStore, hub, clock),
          'idempotency keys': () => keyStore.forget(clock() - KEY_MS),
          changes: () => changeLog.forget(clock() - CHANGES_MS),
          audit: () => audit.forget(clock() - AUDIT_MS)
        },
        log
      );
    },
    async stop() {
      removal.stop();
      checks.stop();
      await reconciler.stop();
      await queue.stop();
      await cloning?.stop();
      await stopPruning();
      // Requests under way are answered; connections on which nobody asks anything are not waited for.
      const cutOff = setTimeout(() => app.server.closeAllConnections(), CLOSE_MS);
      await app.close();
      clearTimeout(cutOff);
      await refusals.stop();
      await feed.stop();
      await db.destroy();
    }
  };
}

import type { Identities } from './access/identities';
import type { Keys } from './access/keys';
import type { Tickets } from './access/tickets';
import type { Viewers } from './access/viewers';
import type { Addresses } from './addresses';
import type { AuditLog } from './audit/audit';
import type { Refusals } from './audit/refusals';
import type { BuildQueue } from './builds/queue';
import type { BuildResults } from './builds/results';
import type { BuildStore } from './builds/store';
import type { Checks } from './check/checks';
import type { Clock } from './clock';
import type { Config } from './config';
import type { Changes } from './dashboards/changes';
import type { Channels } from './dashboards/channels';
import type { Feed } from './dashboards/feed';
import type { Heartbeats } from './dashboards/heartbeat';
import type { Life } from './dashboards/life';
import type { Publisher } from './dashboards/publish';
import type { Removal } from './dashboards/removal';
import type { ServerLog } from './dashboards/server-log';
import type { ServerPods } from './dashboards/server-pod';
import type { Servers } from './dashboards/servers';
import type { StartSpecifications } from './dashboards/start-specification';
import type { DashboardStore } from './dashboards/store';
import type { VisitedVersions } from './dashboards/visited-versions';
import type { GitCredentials } from './git/git-credentials';
import type { Metrics } from './metrics/metrics';
import type { HubClient } from './hub/client';
import type { Logs } from './logs/logs';

/** What the routes work with. Put together in `service.ts`. */
export interface Context {
  config: Config;
  addresses: Addresses;
  clock: Clock;
  /** How often open streams of the API ask whether their caller may still have them, in milliseconds. */
  recheckMs: number;
  hub: HubClient;
  identities: Identities;
  keys: Keys;
  dashboards: DashboardStore;
  builds: BuildStore;
  audit: AuditLog;
  metrics: Metrics;
  refusals: Refusals;
  logs: Logs;
  changes: Changes;
  feed: Feed;
  heartbeats: Heartbeats;
  channels: Channels;
  servers: Servers;
  serverLog: ServerLog;
  /** Hears what a server's pod is made with. */
  hearPod: ServerPods;
  life: Life;
  queue: BuildQueue;
  results: BuildResults;
  publisher: Publisher;
  gitCredentials: GitCredentials;
  removal: Removal;
  startSpecifications: StartSpecifications;
  visited: VisitedVersions;
  checks: Checks;
  viewers: Viewers;
  tickets: Tickets;
  oauth: { clientId: string; callbackUrl: string };
}

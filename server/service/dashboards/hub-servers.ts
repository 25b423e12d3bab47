import type { Reason, ServerNews } from './server-news';

/** One named server as the Hub sees it. */
export interface ServerState {
  ready: boolean;
  /** `spawn`, `stop`, `rename` or null. */
  pending: string | null;
  url: string;
  /** With origin, on hubs that have a domain per user or a public URL. */
  fullUrl: string | null;
}

/** Why a start has come to nothing, as far as the Hub knows. */
export interface SpawnFailure {
  /** In plain words, where it is known well. */
  reason: Reason | null;
  /** In those of the Spawner; empty: the time for it was over. */
  words: string;
}

/** What the service asks the Hub about servers. Every method throws `hub_unavailable` when the Hub does not answer. */
export interface HubServers {
  /** The user's active servers by name, or null when there is no such user. */
  servers(owner: string): Promise<Map<string, ServerState> | null>;
  /**
   * Starts a server. `running`: it was ready before; `busy`: it is being stopped or renamed, ask again.
   * @throws ServiceError with what a person can do about it
   */
  start(owner: string, serverName: string, dashboardId: string): Promise<'ready' | 'running' | 'pending' | 'busy'>;
  /** Stops a server, and removes it. A server that does not exist is no error. */
  stop(owner: string, serverName: string, remove: boolean): Promise<void>;
  /**
   * `owner/server` of one that was started for a dashboard, whether it runs or not; null when there is none, or the Hub
   * does not tell this service.
   */
  anyOfDashboards(): Promise<string | null>;
  /** Why the last start failed; null if it did not fail. */
  spawnFailure(owner: string, serverName: string): Promise<SpawnFailure | null>;
  /**
   * What is heard of a start that is pending, from its beginning until it is over or `signal` is aborted. Nothing where
   * the Spawner says nothing.
   */
  startNews(owner: string, serverName: string, signal: AbortSignal): AsyncIterable<ServerNews>;
}

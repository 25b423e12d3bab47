/** One named server as the Hub sees it. */
export interface ServerState {
  ready: boolean;
  /** `spawn`, `stop`, `rename` or null. */
  pending: string | null;
  url: string;
  /** With origin, on hubs that have a domain per user or a public URL. */
  fullUrl: string | null;
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
  /** Why the last start failed, in the Hub's words; null if it did not fail. */
  spawnFailure(owner: string, serverName: string): Promise<string | null>;
}

/** A viewer's sign-in at this service. `id` is the hash of the cookie's value. */
export interface ViewerSession {
  id: string;
  viewer: string;
  /** The viewer's Hub token, sealed. */
  token: string;
  /** Hash of the Hub's own session cookie at the last look: another one means another sign-in at the Hub. */
  hubSession: string;
  createdAt: number;
}

/** A session at a runner, from the moment its ticket is issued. */
export interface TicketRecord {
  id: string;
  dashboardId: string;
  startId: string;
  viewer: string;
  viewerSession: string;
  issuedAt: number;
  endedAt: number | null;
}

/** Where sign-ins and tickets are kept. Tickets that are given, and those that are ended, are recorded for the audit. */
export interface ViewerStore {
  session(id: string): Promise<ViewerSession | null>;
  sessions(ids: readonly string[]): Promise<ViewerSession[]>;
  addSession(session: ViewerSession): Promise<void>;
  setHubSession(id: string, hubSession: string): Promise<void>;
  /** Ends a sign-in and everything that came of it. @returns the tickets that were still open */
  endSession(id: string, at: number): Promise<TicketRecord[]>;
  addTicket(ticket: TicketRecord): Promise<void>;
  tickets(ids: readonly string[]): Promise<TicketRecord[]>;
  openTickets(dashboardId: string): Promise<TicketRecord[]>;
  /** `reason`: in a few words, for the audit. */
  endTickets(ids: readonly string[], at: number, reason: string): Promise<void>;
  /** Forgets sign-ins and tickets that are older. */
  prune(before: number): Promise<void>;
}

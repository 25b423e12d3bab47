import type { TicketClaims } from '../../contract';
import type { Clock } from '../clock';
import type { DashboardRecord } from '../dashboards/dashboard';
import { randomId } from '../dashboards/ids';
import type { Logger } from '../logger';
import { createOutage } from '../outage';
import { mayView } from './audience';
import type { Keys } from './keys';
import { createRechecks, type Seen } from './rechecks';
import type { TicketRecord, ViewerSession, ViewerStore } from './store';
import type { SignedIn, Viewers } from './viewers';

const LIFETIME_MS = 30_000;

/** The service's word that a viewer may look, and for how long it stands. */
export interface Tickets {
  /** Text of a ticket for the runner of `startId`. */
  issue(dashboard: DashboardRecord, startId: string, signedIn: SignedIn, flow: string): Promise<string>;
  /** Which of these sessions at a runner of this dashboard have ended. What cannot be found out now, goes on for a while. */
  ended(dashboard: DashboardRecord, ids: readonly string[]): Promise<{ ended: string[]; viewers: number }>;
  /** After a change of the audience: ends what is no longer allowed. @returns ids of the sessions that ended */
  review(dashboard: DashboardRecord): Promise<string[]>;
  /** Ends all of them. @returns their ids */
  endAll(dashboardId: string): Promise<string[]>;
}

export interface TicketsOptions {
  store: ViewerStore;
  viewers: Viewers;
  keys: Keys;
  clock: Clock;
  log: Logger;
}

export function createTickets({ store, viewers, keys, clock, log }: TicketsOptions): Tickets {
  const rechecks = createRechecks({ viewers, clock, log });
  const outage = createOutage(log, 'sessions that have ended not recorded');

  /** The sign-ins that tickets came of. */
  const sessionsOf = (tickets: readonly TicketRecord[]) =>
    store.sessions([...new Set(tickets.map(ticket => ticket.viewerSession))]);

  /** The tickets that no longer stand, by what is known of the sessions. Without a session there is no sign-in any more. */
  function lapsed(
    dashboard: DashboardRecord,
    tickets: readonly TicketRecord[],
    sessions: readonly ViewerSession[],
    seen: ReadonlyMap<string, Seen>
  ): TicketRecord[] {
    const allowed = new Set(
      sessions.filter(session => mayGoOn(dashboard, session, seen.get(session.id))).map(({ id }) => id)
    );
    return tickets.filter(ticket => !allowed.has(ticket.viewerSession));
  }

  async function end(tickets: readonly TicketRecord[], reason: string): Promise<string[]> {
    const ids = tickets.map(ticket => ticket.id);
    if (ids.length > 0) {
      await store.endTickets(ids, clock(), reason);
    }
    return ids;
  }

  return {
    async issue(dashboard, startId, { sessionId, viewer }, flow) {
      const id = randomId(26);
      const issuedAt = clock();
      await store.addTicket({
        id,
        dashboardId: dashboard.id,
        startId,
        viewer: viewer.name,
        viewerSession: sessionId,
        issuedAt,
        endedAt: null
      });
      rechecks.saw(sessionId, viewer);
      const claims: TicketClaims = {
        v: 1,
        id,
        dashboardId: dashboard.id,
        startId,
        viewer: { name: viewer.name, groups: [...viewer.groups], owner: viewer.name === dashboard.owner },
        flow,
        issuedAt,
        expiresAt: issuedAt + LIFETIME_MS
      };
      const content = Buffer.from(JSON.stringify(claims)).toString('base64url');
      return `${content}.${keys.sign(content)}`;
    },

    async ended(dashboard, ids) {
      const known = new Map((await store.tickets(ids)).map(ticket => [ticket.id, ticket]));
      const open = ids.flatMap(id => {
        const ticket = known.get(id);
        return ticket && ticket.dashboardId === dashboard.id && ticket.endedAt === null ? [ticket] : [];
      });
      const sessions = await sessionsOf(open);
      const over = lapsed(dashboard, open, sessions, await rechecks.inUse(sessions));
      try {
        await end(over, 'no longer signed in, or no longer in the audience');
        outage.worked();
      } catch (error) {
        // They have ended all the same: the runner is told, and whatever it asks about them again is answered alike.
        outage.failed(error);
      }
      const gone = new Set(over);
      const standing = open.filter(ticket => !gone.has(ticket));
      const stands = new Set(standing.map(ticket => ticket.id));
      return {
        ended: ids.filter(id => !stands.has(id)),
        viewers: new Set(standing.map(ticket => ticket.viewer)).size
      };
    },

    async review(dashboard) {
      const open = await store.openTickets(dashboard.id);
      const sessions = await sessionsOf(open);
      // Names are in the audience; only for groups the Hub has to be asked. Who has signed out is found out where they look.
      const unsure = sessions.filter(session => hasGroups(dashboard) && !namedIn(dashboard, session));
      return end(lapsed(dashboard, open, sessions, await rechecks.ofAll(unsure)), 'the audience was changed');
    },
    endAll: async dashboardId => end(await store.openTickets(dashboardId), 'the dashboard was deleted')
  };
}

function mayGoOn(dashboard: DashboardRecord, session: ViewerSession, seen: Seen): boolean {
  if (seen === undefined) {
    return namedIn(dashboard, session) || hasGroups(dashboard);
  }
  return seen !== null && mayView(dashboard, seen);
}

/** Whether somebody may look whatever groups they are in. */
function namedIn(dashboard: DashboardRecord, { viewer }: ViewerSession): boolean {
  return mayView(dashboard, { name: viewer, groups: [] });
}

function hasGroups({ audience }: DashboardRecord): boolean {
  return audience.kind === 'people' && audience.groups.length > 0;
}

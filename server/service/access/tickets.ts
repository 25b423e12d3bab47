import type { TicketClaims } from '../../contract';
import type { Clock } from '../clock';
import type { DashboardRecord } from '../dashboards/dashboard';
import { randomId } from '../dashboards/ids';
import type { Logger } from '../logger';
import { remember } from '../remember';
import { mayView, type Viewer } from './audience';
import type { Keys } from './keys';
import type { TicketRecord, ViewerSession, ViewerStore } from './store';
import type { SignedIn, Viewers } from './viewers';

const LIFETIME_MS = 30_000;
/** Questions to the Hub about viewers, in one second: each costs it about a millisecond of its only core. */
const HUB_BUDGET_PER_SECOND = 50;
const MAX_KNOWN = 10_000;

/** The service's word that a viewer may look, and for how long it stands. */
export interface Tickets {
  /** Text of a ticket for the runner of `startId`. */
  issue(dashboard: DashboardRecord, startId: string, signedIn: SignedIn, flow: string): Promise<string>;
  /** Which of these sessions at a runner of this dashboard have ended. What cannot be found out now, goes on. */
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
  const budget = createBudget(HUB_BUDGET_PER_SECOND, clock);
  /** What was last known of viewers, for when the Hub cannot be asked. */
  const lastKnown = new Map<string, Viewer>();

  /** Undefined: it cannot be found out now. Null: signed out. */
  async function currentViewer(session: ViewerSession): Promise<Viewer | null | undefined> {
    if (!budget()) {
      return lastKnown.get(session.id);
    }
    try {
      const viewer = await viewers.ofSession(session);
      if (viewer) {
        remember(lastKnown, session.id, viewer, MAX_KNOWN);
      } else {
        lastKnown.delete(session.id);
        await viewers.end(session.id);
      }
      return viewer;
    } catch (error) {
      log.warn({ err: error }, 'viewer not checked');
      return lastKnown.get(session.id);
    }
  }

  /** The tickets that no longer stand. */
  async function lapsed(dashboard: DashboardRecord, tickets: readonly TicketRecord[]): Promise<TicketRecord[]> {
    const ids = [...new Set(tickets.map(ticket => ticket.viewerSession))];
    const sessions = new Map((await store.sessions(ids)).map(session => [session.id, session]));
    const allowed = new Map<string, boolean>();
    await Promise.all(
      ids.map(async id => {
        const session = sessions.get(id);
        const viewer = session ? await currentViewer(session) : null;
        // Audiences by name alone are decided without the Hub; of groups nothing is known then, and the session goes on.
        const known = viewer === undefined && session ? { name: session.viewer, groups: [] } : viewer;
        const unsure =
          viewer === undefined && dashboard.audience.kind === 'people' && dashboard.audience.groups.length > 0;
        allowed.set(id, unsure || (known !== null && known !== undefined && mayView(dashboard, known)));
      })
    );
    return tickets.filter(ticket => !allowed.get(ticket.viewerSession));
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
      const gone = new Set(
        await end(await lapsed(dashboard, open), 'no longer signed in, or no longer in the audience')
      );
      const standing = open.filter(ticket => !gone.has(ticket.id));
      const stands = new Set(standing.map(ticket => ticket.id));
      return {
        ended: ids.filter(id => !stands.has(id)),
        viewers: new Set(standing.map(ticket => ticket.viewer)).size
      };
    },

    review: async dashboard =>
      end(await lapsed(dashboard, await store.openTickets(dashboard.id)), 'the audience was changed'),
    endAll: async dashboardId => end(await store.openTickets(dashboardId), 'the dashboard was deleted')
  };
}

/** True while fewer than `perSecond` questions were asked in the running second. */
function createBudget(perSecond: number, clock: Clock): () => boolean {
  let second = 0;
  let used = 0;
  return () => {
    const now = Math.floor(clock() / 1_000);
    if (now !== second) {
      second = now;
      used = 0;
    }
    used += 1;
    return used <= perSecond;
  };
}

import { createHash, randomBytes } from 'node:crypto';

import type { Clock } from '../clock';
import type { Viewer } from './audience';
import type { HubPeople, Identity } from './hub-people';
import type { Identities } from './identities';
import type { Keys } from './keys';
import { opensService, refusedTo } from './scopes';
import type { TicketRecord, ViewerSession, ViewerStore } from './store';

/** A sign-in at this service lasts as long as the Hub's token at most; this only bounds what is kept. */
export const SESSION_MAX_AGE_MS = 30 * 24 * 3_600_000;

export interface SignedIn {
  sessionId: string;
  viewer: Pick<Identity, 'name' | 'admin' | 'groups'>;
}

/** People who look, and their sign-in at the Hub. */
export interface Viewers {
  /**
   * Makes a session of the code that the Hub has sent along.
   * @returns the cookie's value, or null for a bad code
   * @throws AccessRefused `scope_missing` for who may not use dashboards
   */
  signIn(code: string, hubCookie: string): Promise<string | null>;
  /**
   * Who this cookie belongs to. Asked of the Hub at most every few seconds, but at once when the Hub's own session
   * cookie has changed: nobody tells a service of a sign-out.
   * @returns null: not signed in, or no longer
   */
  of(cookie: string | undefined, hubCookie: string): Promise<SignedIn | null>;
  /**
   * The viewer behind a session, for sessions at runners.
   * @returns null: signed out
   * @throws ServiceError `hub_unavailable`
   */
  ofSession(session: ViewerSession): Promise<Viewer | null>;
  /** Whether `ofSession` asks the Hub nothing now. */
  remembered(session: ViewerSession): boolean;
  /** The same person a while later, on a connection that is still open. @returns null: signed out */
  again(signedIn: SignedIn): Promise<SignedIn | null>;
  signOut(cookie: string | undefined): Promise<TicketRecord[]>;
  end(sessionId: string): Promise<TicketRecord[]>;
}

export interface ViewersOptions {
  store: ViewerStore;
  hub: HubPeople;
  identities: Identities;
  keys: Keys;
  clock: Clock;
}

export function createViewers({ store, hub, identities, keys, clock }: ViewersOptions): Viewers {
  async function viewerOf(session: ViewerSession, fresh: boolean): Promise<SignedIn['viewer'] | null> {
    const token = keys.open(session.token);
    const identity = token === null ? null : await identities.of(token, { fresh });
    // The name is compared because a user can be renamed.
    return identity?.kind === 'user' && identity.name === session.viewer
      ? { name: identity.name, groups: identity.groups, admin: identity.admin }
      : null;
  }

  const viewers: Viewers = {
    async signIn(code, hubCookie) {
      const token = await hub.exchangeCode(code);
      const identity = token === null ? null : await identities.of(token, { fresh: true });
      if (token === null || identity?.kind !== 'user') {
        return null;
      }
      if (!opensService(identity.scopes)) {
        throw refusedTo(
          identity.name,
          'scope_missing',
          'Your account may not use dashboards on this hub.',
          'Ask the administrator of this hub for access.'
        );
      }
      const cookie = randomBytes(32).toString('base64url');
      await store.addSession({
        id: hash(cookie),
        viewer: identity.name,
        token: keys.seal(token),
        hubSession: hash(hubCookie),
        createdAt: clock()
      });
      return cookie;
    },

    async of(cookie, hubCookie) {
      const session = cookie ? await store.session(hash(cookie)) : null;
      if (!session || session.createdAt + SESSION_MAX_AGE_MS < clock()) {
        return null;
      }
      const changed = session.hubSession !== hash(hubCookie);
      const viewer = await viewerOf(session, changed);
      if (!viewer) {
        await viewers.end(session.id);
        return null;
      }
      if (changed) {
        await store.setHubSession(session.id, hash(hubCookie));
      }
      return { sessionId: session.id, viewer };
    },

    ofSession: session => viewerOf(session, false),

    remembered(session) {
      const token = keys.open(session.token);
      return token === null || identities.remembers(token);
    },

    async again({ sessionId }) {
      const session = await store.session(sessionId);
      const viewer = session && (await viewerOf(session, false));
      return viewer && { sessionId, viewer };
    },

    signOut: async cookie => (cookie ? viewers.end(hash(cookie)) : []),

    end: sessionId => store.endSession(sessionId, clock())
  };
  return viewers;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

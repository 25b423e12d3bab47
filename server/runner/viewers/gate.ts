import type { IncomingMessage } from 'node:http';

import type { FetchKind } from '../proxy/fetch-metadata';
import type { HeartbeatLoop } from './heartbeat';
import type { Session, Sessions } from './sessions';
import type { ViewerCookies } from './viewer-cookies';

/** The gate's word about one request. */
export type Admission =
  | { kind: 'admitted'; session: Session }
  /** A page is being opened: the viewer can be sent to sign in. */
  | { kind: 'sign-in' }
  | { kind: 'refused'; status: 401 | 403 | 503; message: string };

/** Decides, before any app sees a byte, whether a request comes from a viewer. */
export class Gate {
  constructor(
    private readonly sessions: Sessions,
    private readonly heartbeat: HeartbeatLoop,
    private readonly cookies: ViewerCookies
  ) {}

  /** The answer to a viewer who is known comes at once: each request waits for it. */
  admit(request: IncomingMessage, kind: FetchKind, secure: boolean): Admission | Promise<Admission> {
    if (kind.foreign) {
      return { kind: 'refused', status: 403, message: 'Dashboards answer their own pages only. Open it in a tab.' };
    }
    const session = this.sessions.find(this.cookies.sessionSecrets(request.headers.cookie, secure));
    return session !== null && this.heartbeat.confirmed(session)
      ? { kind: 'admitted', session }
      : this.#ask(session, kind);
  }

  async #ask(session: Session | null, kind: FetchKind): Promise<Admission> {
    const state = session === null ? 'ended' : await this.heartbeat.confirm(session);
    if (session !== null && state === 'valid') {
      return { kind: 'admitted', session };
    }
    if (state === 'unknown') {
      return {
        kind: 'refused',
        status: 503,
        message: 'It cannot be checked at the moment whether you may see this dashboard. Try again in a minute.'
      };
    }
    return kind.navigation
      ? { kind: 'sign-in' }
      : { kind: 'refused', status: 401, message: 'You are not signed in to this dashboard any more. Reload the page.' };
  }
}

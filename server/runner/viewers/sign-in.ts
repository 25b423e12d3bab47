import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { carriedNext, PAGES } from '../../contract/routes';
import type { Html } from '../../pages/html';
import type { Clock } from '../clock';
import type { Log } from '../log';
import { messagePage } from '../pages/message-page';
import { redirect, sendPage } from '../pages/reply';
import { pathUnder } from '../proxy/request-target';
import type { Sessions } from './sessions';
import { flowHash, TicketError, type TicketVerifier } from './ticket';
import type { ViewerCookies } from './viewer-cookies';

/** Sessions given in a row to a browser that has shown none of them, before its cookies are taken to be blocked. */
const TRIES = 2;
const FLOW_ID = /^([ab])[A-Za-z0-9_-]{12}$/;

export interface SignInOptions {
  dashboardId: string;
  startId: string;
  prefix: string;
  /** For browsers; ends with a slash. */
  publicServiceUrl: string;
  tickets: TicketVerifier;
  sessions: Sessions;
  cookies: ViewerCookies;
  clock: Clock;
  log: Log;
}

/** Gets a viewer from a navigation without a session to one with it, by way of the service. */
export class SignIn {
  constructor(private readonly options: SignInOptions) {}

  /**
   * Sends the browser to the service for a ticket. `next` is path and query under the prefix; what is too
   * long for the way becomes the dashboard's beginning. Flow ids begin with `a`,
   * those of a second attempt with `b`: nothing but the address survives where cookies are blocked.
   */
  begin(response: ServerResponse, next: string, secure: boolean, attempt: 'a' | 'b' = 'a'): void {
    const { dashboardId, startId, publicServiceUrl, cookies } = this.options;
    const flowId = attempt + randomBytes(9).toString('base64url');
    const nonce = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      dashboard: dashboardId,
      start: startId,
      flow: flowHash(nonce),
      flowId,
      next: carriedNext(next)
    });
    response.appendHeader('Set-Cookie', cookies.setFlow(flowId, nonce, secure));
    redirect(response, `${publicServiceUrl}${PAGES.ticket}?${query}`);
  }

  /** Takes the ticket that the service has sent the browser back with. */
  finish(request: IncomingMessage, response: ServerResponse, query: string, secure: boolean): void {
    const { tickets, sessions, cookies, prefix, log } = this.options;
    const given = new URLSearchParams(query);
    const flowId = given.get('flowId') ?? '';
    const attempt = FLOW_ID.exec(flowId)?.[1];
    const next = pathUnder(prefix, given.get('next') ?? '');
    const nonce = attempt === undefined ? null : cookies.flowNonce(request.headers.cookie, flowId, secure);
    const secrets = cookies.sessionSecrets(request.headers.cookie, secure);
    const tries = secrets.length > 0 ? 0 : cookies.tries(request.headers.cookie, secure);
    try {
      const claims = tickets.redeem(given.get('ticket') ?? '', nonce);
      if (tries >= TRIES) {
        this.#giveUp(response);
        return;
      }
      const { secret } = sessions.begin(claims);
      response.appendHeader('Set-Cookie', cookies.setTries(tries + 1, secure));
      response.appendHeader('Set-Cookie', cookies.clearFlow(flowId, secure));
      response.appendHeader('Set-Cookie', cookies.setSession(secret, secure));
      redirect(response, next);
    } catch (error) {
      if (!(error instanceof TicketError)) {
        throw error;
      }
      log.info({ code: error.code }, 'ticket refused');
      if (sessions.find(secrets) !== null) {
        // The way back in the browser's history leads here again, long after it has served its purpose.
        redirect(response, next);
      } else if (attempt === 'a') {
        this.begin(response, next.slice(prefix.length), secure, 'b');
      } else if (error.ahead !== null) {
        // The second ticket has come straight from the service: its time is that of the service's clock.
        log.warn({ aheadMs: error.ahead }, 'the clocks of this machine and of the service differ');
        sendPage(response, 503, clocksPage(prefix, error.ahead));
      } else {
        this.#giveUp(response);
      }
    }
  }

  #giveUp(response: ServerResponse): void {
    sendPage(
      response,
      403,
      messagePage(this.options.prefix, {
        title: 'You could not be signed in to this dashboard',
        message: 'Allow cookies for this address, and open the dashboard again.',
        action: { label: 'Try again', href: this.options.prefix }
      })
    );
  }
}

function clocksPage(prefix: string, ahead: number): Html {
  return messagePage(prefix, {
    title: 'You could not be signed in to this dashboard',
    message: `The clock of the server that runs this dashboard is ${inWords(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} the clock of the hub’s dashboards service. More than 5 seconds are not allowed.`,
    fix: 'Tell the administrator of this hub: both machines have to take their time from a time server.',
    action: { label: 'Try again', href: prefix }
  });
}

function inWords(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const [number, unit] =
    seconds < 120
      ? [seconds, 'second']
      : seconds < 7_200
        ? [Math.round(seconds / 60), 'minute']
        : [Math.round(seconds / 3_600), 'hour'];
  return `${number} ${unit}${number === 1 ? '' : 's'}`;
}

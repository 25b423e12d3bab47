import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import { RUNNER_SEGMENT, versionPrefix } from '../contract/names';
import { PAGES, RUNNER_PAGES } from '../contract/routes';
import type { Engine, Target } from './engine';
import type { Handlers } from './listener';
import type { Log } from './log';
import { latePage } from './pages/late-page';
import { messagePage } from './pages/message-page';
import { redirect, sendError, sendPage } from './pages/reply';
import type { RunnerPages } from './pages/runner-pages';
import { isLate, type AppProxy } from './proxy/app-proxy';
import type { Connections } from './proxy/connections';
import { fetchKind, sameOrigin, type FetchKind } from './proxy/fetch-metadata';
import { headerPairs } from './proxy/hop-by-hop';
import { publicAddress, type AddressRules, type PublicAddress } from './proxy/public-address';
import { headersForApp } from './proxy/request-headers';
import type { PushEndpoint } from './storage/relay/push-endpoint';
import { parseDestination, type Destination } from './proxy/request-target';
import { isWebSocketRequest, passUpgrade, refuseUpgrade } from './proxy/upgrade';
import type { Admission, Gate } from './viewers/gate';
import type { SignIn } from './viewers/sign-in';
import type { Session } from './viewers/sessions';

export interface GatewayOptions {
  prefix: string;
  slug: string;
  rules: AddressRules;
  /** What `proxy` allows an app until it answers, in seconds. Left out: as long as it likes. */
  requestTimeout?: number | undefined;
  engine: Engine;
  connections: Connections;
  proxy: AppProxy;
  gate: Gate;
  signIn: SignIn;
  pages: RunnerPages;
  pushes: PushEndpoint;
  log: Log;
}

/** A request that has been read and found well-formed. */
interface Visit {
  request: IncomingMessage;
  response: ServerResponse;
  address: PublicAddress;
  kind: FetchKind;
  destination: Destination;
}

/** The way of every request: address, destination, viewer, and only then a page of ours or the app. */
export class Gateway implements Handlers {
  /** The only host that dashboards are served at, null where it is the Hub's own. */
  readonly #host: string | null;

  constructor(private readonly options: GatewayOptions) {
    const { dashboardsOrigin } = options.rules;
    this.#host = dashboardsOrigin === null ? null : new URL(dashboardsOrigin).host;
  }

  request(request: IncomingMessage, response: ServerResponse): void {
    this.#answer(request, response).catch((error: unknown) => {
      this.options.log.error({ err: error }, 'a request could not be answered');
      if (response.headersSent) {
        response.destroy();
      } else {
        sendError(response, 500, 'The dashboard made a mistake. Try again.');
      }
    });
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Clients may vanish at any time; an unheard error would end the process.
    socket.on('error', () => socket.destroy());
    this.#answerUpgrade(request, socket, head).catch((error: unknown) => {
      this.options.log.error({ err: error }, 'an upgrade could not be answered');
      socket.destroy();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = publicAddress(request, this.options.rules);
    const destination = this.#destination(request);
    if (address === null || destination.kind === 'malformed' || request.method === 'TRACE') {
      sendError(response, 400, 'This is not a request that a dashboard understands.');
      return;
    }
    if (destination.kind === 'outside') {
      sendError(response, 404, 'There is nothing at this address.');
      return;
    }
    const visit: Visit = { request, response, address, destination, kind: fetchKind(request, address) };
    if (destination.kind === 'runner' && destination.page.startsWith(RUNNER_PAGES.push)) {
      // From programs, which come at whatever address reaches the proxy from where they are. No page is served there.
      await this.options.pushes.answer(
        request,
        response,
        destination.page.slice(RUNNER_PAGES.push.length),
        destination.query
      );
    } else if (this.#isElsewhere(address)) {
      this.#sendToOrigin(visit);
    } else if (destination.kind === 'add-slash') {
      redirect(response, destination.location);
    } else if (destination.kind === 'runner' && this.options.pages.isOpen(destination.page)) {
      this.options.pages.answerOpen(request, response, destination, address.scheme === 'https');
    } else {
      await this.#admit(visit, destination);
    }
  }

  async #admit(visit: Visit, destination: Destination): Promise<void> {
    const { request, response, address, kind } = visit;
    const { gate, signIn, pages, prefix } = this.options;
    const word = gate.admit(request, kind, address.scheme === 'https');
    const admission = word instanceof Promise ? await word : word;
    if (response.destroyed) {
      return;
    }
    if (admission.kind === 'sign-in') {
      signIn.begin(response, (request.url ?? '').slice(prefix.length), address.scheme === 'https');
    } else if (admission.kind === 'refused') {
      this.#refuse(visit, admission);
    } else if (destination.kind === 'runner') {
      pages.answer(request, response, destination, admission.session);
    } else if (destination.kind === 'version') {
      this.#toVersion(visit, destination, admission.session);
    } else if (destination.kind === 'other') {
      this.#toLive(visit, destination.rest, admission.session);
    }
  }

  #toVersion(visit: Visit, destination: Destination & { kind: 'version' }, session: Session): void {
    const { request, response, address } = visit;
    const { engine, proxy, prefix, log } = this.options;
    const { version, path } = destination;
    const target = engine.target(version);
    if (target === null) {
      this.#missing(visit, version, destination.rest, session);
      return;
    }
    const { leave } = proxy.pass({
      request,
      response,
      target,
      path,
      headers: headersForApp(headerPairs(request.rawHeaders), session.viewer, address),
      failed: error => {
        log.warn({ err: error, version, prefix }, 'the app did not answer');
        if (isLate(error)) {
          this.#late(visit, session);
        } else {
          this.#missing(visit, version, destination.rest, session);
        }
      }
    });
    this.#count(visit, version, target, session, leave);
  }

  /** A version that does not answer: not yet, not at the moment, or not any more. */
  #missing(visit: Visit, version: number, rest: string, session: Session): void {
    const { response, kind } = visit;
    const { engine, pages, prefix, slug, rules } = this.options;
    const live = engine.live();
    const visited = engine.visited(version) !== null;
    if (visited || version === live || live === null) {
      if (kind.navigation) {
        pages.sendProgress(response, session, visited && version !== live ? version : null);
      } else {
        sendError(response, 503, 'The dashboard is not running at the moment. Try again in a few seconds.');
      }
    } else if (!kind.navigation) {
      sendError(response, 410, 'This version of the dashboard is not running any more. Reload the page.');
    } else if (engine.target(live) !== null) {
      redirect(response, versionPrefix(prefix, live) + rest);
    } else {
      redirect(response, `${rules.publicServiceUrl}${PAGES.dashboard(slug)}?${new URLSearchParams({ next: rest })}`);
    }
  }

  /** The app runs, and has let the time pass that the administrator allows. */
  #late({ request, response, kind }: Visit, session: Session): void {
    const { prefix, requestTimeout: seconds = 0 } = this.options;
    if (kind.navigation) {
      sendPage(response, 504, latePage(prefix, { seconds, again: request.url ?? '', owner: session.viewer.owner }));
    } else {
      sendError(response, 504, `The dashboard has not answered within ${seconds} s. Try again.`);
    }
  }

  #toLive(visit: Visit, rest: string, session: Session): void {
    const { response, kind } = visit;
    const { engine, pages, prefix } = this.options;
    const live = engine.live();
    if (!kind.navigation) {
      sendError(response, 404, 'There is nothing at this address. Reload the page.');
    } else if (live === null || engine.target(live) === null) {
      pages.sendProgress(response, session, null);
    } else {
      redirect(response, versionPrefix(prefix, live) + rest);
    }
  }

  async #answerUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { rules, gate, engine, connections, prefix } = this.options;
    const address = publicAddress(request, rules);
    const destination = this.#destination(request);
    if (address === null || destination.kind === 'malformed' || !isWebSocketRequest(request)) {
      refuseUpgrade(socket, 400, 'This is not a request that a dashboard understands.');
      return;
    }
    if (destination.kind !== 'version') {
      refuseUpgrade(socket, 404, 'There is nothing at this address.');
      return;
    }
    if (this.#isElsewhere(address) || !sameOrigin(request.headers.origin, address)) {
      refuseUpgrade(socket, 403, 'Dashboards answer their own pages only.');
      return;
    }
    const admission = await gate.admit(request, { navigation: false, foreign: false }, address.scheme === 'https');
    if (socket.destroyed) {
      return;
    }
    if (admission.kind !== 'admitted') {
      const refused = admission.kind === 'refused' ? admission : { status: 401, message: 'You are not signed in.' };
      refuseUpgrade(socket, refused.status, refused.message);
      return;
    }
    const { version, path } = destination;
    const target = engine.target(version);
    if (target === null) {
      const expected = version === engine.live() || engine.visited(version) !== null;
      refuseUpgrade(socket, expected ? 503 : 410, 'This version of the dashboard is not running.');
      return;
    }
    const headers = headersForApp(headerPairs(request.rawHeaders), admission.session.viewer, address);
    const { leave } = passUpgrade({ request, socket, head, target, path, headers, prefix });
    const release = connections.add({
      session: admission.session.id,
      version,
      target,
      close: () => socket.destroy(),
      leave
    });
    socket.once('close', release);
  }

  #destination(request: IncomingMessage): Destination {
    return parseDestination(request.url ?? '', this.options.prefix, RUNNER_SEGMENT);
  }

  #count({ response, kind }: Visit, version: number, target: Target, session: Session, leave: () => void): void {
    const close = (gently: boolean) => (gently && response.headersSent ? endSoon(response) : response.destroy());
    const release = this.options.connections.add({
      session: session.id,
      version,
      target,
      page: kind.navigation,
      close,
      leave
    });
    response.once('close', release);
  }

  #isElsewhere(address: PublicAddress): boolean {
    return this.#host !== null && this.#host !== address.host;
  }

  /** On the Hub's own origin a dashboard could act as its viewer, so it is not served there. */
  #sendToOrigin({ request, response, kind }: Visit): void {
    if (kind.navigation) {
      redirect(response, new URL(this.options.rules.dashboardsOrigin ?? '').origin + (request.url ?? ''));
    } else {
      sendError(response, 421, 'Dashboards are not served at this host.');
    }
  }

  #refuse({ response, kind }: Visit, refusal: Admission & { kind: 'refused' }): void {
    if (kind.navigation) {
      sendPage(
        response,
        refusal.status,
        messagePage(this.options.prefix, { title: 'This dashboard cannot be shown', message: refusal.message })
      );
    } else {
      sendError(response, refusal.status, refusal.message);
    }
  }
}

const LAST_WORDS_MS = 1_000;

/** Cuts a reply off unless it ends soon: configurable-http-proxy leaves whoever waits for the rest of one waiting for ever. */
function endSoon(response: ServerResponse): void {
  const timer = setTimeout(() => response.destroy(), LAST_WORDS_MS);
  response.once('close', () => clearTimeout(timer));
}

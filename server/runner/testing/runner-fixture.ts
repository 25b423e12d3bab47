import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';

import type { TicketClaims } from '../../contract';
import type { Bootstrap } from '../bootstrap';
import { systemClock, type Clock } from '../clock';
import { listen, type Listener } from '../listener';
import { startRunner } from '../runner';
import type { Shutdown } from '../shutdown';
import { call, type CallReply } from './http-call';
import { ScriptedEngine } from './scripted-engine';
import { ServiceDouble } from './service-double';

export const PREFIX = '/user/alice/dash-sales/';
export const PAGE = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
export const BOB: TicketClaims['viewer'] = { name: 'bob', groups: ['sales', 'été'], owner: false };
export const ALICE: TicketClaims['viewer'] = { name: 'alice', groups: [], owner: true };

export interface FixtureOptions {
  clock?: Clock;
  dashboardsOrigin?: string | null;
  publicServiceUrl?: string;
  home?: string;
  dashboardName?: string;
  activityUrl?: string;
  requestTimeout?: number;
}

/** A runner with a scripted engine and a service double, on ports of its own. */
export class RunnerFixture {
  readonly engine = new ScriptedEngine();
  readonly service = new ServiceDouble();
  readonly exits: number[] = [];
  readonly backends: Server[] = [];
  shutdown!: Shutdown;
  #listener!: Listener;

  private constructor(readonly clock: Clock) {}

  static async start(options: FixtureOptions = {}): Promise<RunnerFixture> {
    const fixture = new RunnerFixture(options.clock ?? systemClock);
    const serviceUrl = await fixture.service.listen();
    fixture.#listener = await listen({ host: '127.0.0.1', port: 0 });
    const bootstrap: Bootstrap = {
      apiToken: 'hub-token-of-the-server',
      prefix: PREFIX,
      python: '/usr/bin/python3',
      home: options.home ?? '/nonexistent',
      ownVariables: [],
      activityUrl: options.activityUrl ?? '',
      start: {
        dashboard: { id: 'd1', slug: 'sales', name: options.dashboardName ?? 'Sales' },
        owner: 'alice',
        serverName: 'dash-sales',
        startId: 'start-1',
        serviceUrl,
        publicServiceUrl: options.publicServiceUrl ?? '/services/dashboards/',
        dashboardsOrigin: options.dashboardsOrigin ?? null,
        ticketKey: fixture.service.ticketKey,
        ...(options.requestTimeout !== undefined && { requestTimeout: options.requestTimeout }),
        state: { revision: 1, live: null, job: null, kept: [] }
      }
    };
    fixture.shutdown = startRunner(bootstrap, fixture.#listener, {
      createEngine: engineOptions => {
        fixture.engine.options = engineOptions;
        return fixture.engine;
      },
      environment: () => ({}),
      exit: code => void fixture.exits.push(code),
      clock: fixture.clock,
      log: pino({ level: 'silent' })
    });
    return fixture;
  }

  get port(): number {
    return this.#listener.port;
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Starts an app and makes it the live version `n`. */
  async serve(n: number, app: RequestListener): Promise<Server> {
    const server = await this.backend(app);
    this.engine.serve(n, (server.address() as AddressInfo).port);
    return server;
  }

  async backend(app: RequestListener): Promise<Server> {
    const server = createServer(app);
    this.backends.push(server);
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  claims(flow: string, changes: Partial<TicketClaims> = {}): TicketClaims {
    const now = this.clock.now();
    return {
      v: 1,
      id: randomUUID(),
      dashboardId: 'd1',
      startId: 'start-1',
      viewer: BOB,
      flow,
      issuedAt: now,
      expiresAt: now + 30_000,
      ...changes
    };
  }

  /** Begins a flow as a browser does: its cookie, and what the service is asked. */
  async beginFlow(path = PREFIX): Promise<{ cookie: string; asked: URLSearchParams }> {
    const reply = await call(this.port, path, { headers: PAGE });
    const location = reply.headers.location ?? '';
    return { cookie: cookieOf(reply), asked: new URL(location, 'http://hub').searchParams };
  }

  finishFlow(cookie: string, query: Record<string, string>): Promise<CallReply> {
    return call(this.port, `${PREFIX}_dashboards/session?${new URLSearchParams(query)}`, {
      headers: { ...PAGE, cookie }
    });
  }

  /** Signs a viewer in over the whole flow. The result is the Cookie header and the session's id. */
  async signIn(viewer = BOB): Promise<{ cookie: string; id: string }> {
    const { cookie, asked } = await this.beginFlow();
    const claims = this.claims(asked.get('flow') ?? '', { viewer });
    const reply = await this.finishFlow(cookie, {
      ticket: this.service.sign(claims),
      flowId: asked.get('flowId') ?? '',
      next: asked.get('next') ?? ''
    });
    const session = (reply.headers['set-cookie'] ?? []).find(one => one.startsWith('dash-session='));
    return { cookie: session?.split(';')[0] ?? '', id: claims.id };
  }

  /** Opens a page below the prefix in the browser that has this cookie. */
  open(cookie: string, path = ''): Promise<CallReply> {
    return call(this.port, PREFIX + path, { headers: { ...PAGE, cookie } });
  }

  async stop(): Promise<void> {
    await this.shutdown.end('the test is over');
    this.backends.forEach(server => server.closeAllConnections());
    await Promise.all(this.backends.map(server => new Promise(resolve => server.close(resolve))));
    await this.service.close();
  }
}

/** The cookies of a reply as a browser sends them back. */
export function cookieOf(reply: CallReply): string {
  return (reply.headers['set-cookie'] ?? []).map(one => one.split(';')[0]).join('; ');
}

/** The whole body of a request. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
  }
  return text;
}

import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ErrorReply, PublishRequest, StartSpecification } from '../../contract';
import type { Config } from '../config';
import { createLogger } from '../log';
import type { Volumes } from '../volumes/volumes';
import { createService, type Service, type ServiceOptions } from '../service';
import { checkDocumented } from './documented';
import { API_TOKEN, startFakeHub, type FakeHub } from './fake-hub';

export const HOOK_KEY = 'hook-key-'.padEnd(40, '0');
export const PREFIX = '/services/dashboards/';

export const PUBLISH: PublishRequest = {
  name: 'Sales',
  source: { kind: 'files', root: '/home/alice/sales', entry: 'app.py', scope: 'folder' }
};

/** A service on a real port with a real database file, in front of a stand-in for the Hub. */
export interface TestService {
  service: Service;
  hub: FakeHub;
  config: Config;
  readonly origin: string;
  /** Moves the service's clock. */
  advance(ms: number): void;
  /** What has been logged. */
  log(): string;
  call<T = unknown>(
    token: string | null,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>
  ): Promise<Reply<T>>;
  /** Asks as the Hub's hook does. */
  hook(userName: string, serverName: string, userId?: number): Promise<StartSpecification>;
  /** Stops the service and starts another one on the same database. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface Reply<T> {
  status: number;
  headers: Headers;
  body: T;
  text: string;
}

export async function startTestService(
  changes: Partial<Config> = {},
  timing: ServiceOptions['timing'] = {},
  volumes?: Volumes
): Promise<TestService> {
  const folder = mkdtempSync(join(tmpdir(), 'dashboards-service-'));
  const hub = await startFakeHub();
  const config: Config = {
    hookKey: HOOK_KEY,
    database: join(folder, 'dashboards.sqlite'),
    hubUrl: null,
    dashboardsOrigin: null,
    subdomainHost: null,
    trustAllAuthors: true,
    relayUrl: null,
    runnerServiceUrl: `http://127.0.0.1:1${PREFIX}`,
    audiences: ['owner', 'people', 'everyone'],
    defaultAudience: 'owner',
    frameworks: ['voila', 'streamlit', 'command'],
    publishers: null,
    keepVersions: 2,
    readyTimeout: 60,
    requestTimeout: 90,
    additions: {},
    publishablePaths: null,
    homesKept: true,
    strategies: ['snapshot', 'live', 'relay', 'git'],
    gitHosts: null,
    cloneTimeout: 600,
    snapshotClass: null,
    pinImage: false,
    ...changes
  };
  const lines: string[] = [];
  let offset = 0;
  let origin = '';

  async function begin(): Promise<Service> {
    const service = await createService(
      {
        apiToken: API_TOKEN,
        apiUrl: hub.url,
        prefix: PREFIX,
        listen: { host: '127.0.0.1', port: 0 },
        clientId: 'service-dashboards',
        callbackUrl: `${PREFIX}oauth_callback`,
        baseUrl: '/',
        config: '',
        logLevel: 'info',
        managed: false,
        kubeconfig: null,
        namespace: null
      },
      config,
      createLogger('info', { write: line => void lines.push(line) }),
      {
        clock: () => Date.now() + offset,
        volumes,
        timing: {
          runnerWaitMs: 1_000,
          runningMs: 50,
          pollMs: 10,
          sweepMs: 20,
          intervalMs: 60_000,
          graceMs: 50,
          silenceMs: 1_500,
          ...timing
        }
      }
    );
    await service.app.listen({ host: '127.0.0.1', port: 0 });
    origin = originOf(service);
    await service.start();
    return service;
  }

  const test: TestService = {
    service: await begin(),
    hub,
    config,
    get origin() {
      return origin;
    },
    advance: ms => void (offset += ms),
    log: () => lines.join(''),
    async call<T>(
      token: string | null,
      method: string,
      path: string,
      body?: unknown,
      headers: Record<string, string> = {}
    ) {
      const response = await fetch(test.origin + PREFIX + path, {
        method,
        redirect: 'manual',
        headers: {
          ...(token ? { authorization: `token ${token}` } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers
        },
        body: body === undefined ? undefined : JSON.stringify(body)
      });
      const text = await response.text();
      const json = response.headers.get('content-type')?.includes('json') ? (JSON.parse(text) as T) : (null as T);
      const { error } = (json ?? {}) as Partial<ErrorReply>;
      if (error && response.status >= 400) {
        checkDocumented(method, path, response.status, error.code);
      }
      return { status: response.status, headers: response.headers, body: json, text };
    },
    async hook(userName, serverName, userId = 1) {
      const reply = await test.call<{ kind: string; specification?: string; message?: string }>(
        HOOK_KEY,
        'POST',
        'internal/start-specification',
        { userId, userName, serverName }
      );
      if (reply.body.kind !== 'run') {
        throw new Error(reply.body.message);
      }
      return JSON.parse(Buffer.from(reply.body.specification ?? '', 'base64url').toString()) as StartSpecification;
    },
    async restart() {
      await test.service.stop();
      test.service = await begin();
    },
    async stop() {
      await test.service.stop();
      await hub.close();
      rmSync(folder, { recursive: true });
    }
  };
  return test;
}

function originOf({ app }: Service): string {
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}

/** Waits until `check` returns something, and fails after a while. */
export async function eventually<T>(
  check: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  ms = 60_000
): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const value = await check();
    if (value) {
      return value;
    }
    if (Date.now() > deadline) {
      throw new Error(`nothing came of it within ${ms} ms: ${check}`);
    }
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A stand-in for JupyterHub's REST API, for unit tests: they make the Hub slow, silent, full and forgetful at will,
 * which a real one cannot be told to be. What a real Hub answers is tested with a real Hub in `server/tests/`.
 */
export interface FakeHub {
  url: string;
  users: Map<string, FakeUser>;
  groups: Set<string>;
  /** Tokens do not say whose groups, as those without `read:users:groups`. */
  hiddenGroups: boolean;
  /** Users that it tells of at a time, at most. */
  pageLimit: number;
  /** Token -> who. */
  tokens: Map<string, { name: string; scopes: string[]; kind?: string }>;
  /** Codes of the sign-in -> token. */
  codes: Map<string, string>;
  /** `METHOD path` of all requests, in order. */
  requests: string[];
  /** Bodies of start requests. */
  starts: unknown[];
  /** Answers a start; by default the server is ready at once. */
  onStart: (owner: string, server: string) => Promise<FakeAnswer> | FakeAnswer;
  onStop: (owner: string, server: string) => void;
  /** What happens between the end of a server and the answer to who has stopped it. */
  afterStop: () => Promise<void>;
  /** Text of the progress stream. */
  progress: string;
  /** All requests are answered with this status while it is set. */
  broken: number | null;
  close(): Promise<void>;
}

export interface FakeAnswer {
  status: number;
  message?: string;
  headers?: Record<string, string>;
}

export interface FakeUser {
  admin: boolean;
  groups: string[];
  servers: Map<string, FakeServer>;
  /** Named servers that do not run; the Hub tells of them when asked to. */
  stopped?: Map<string, FakeServer>;
}

export interface FakeServer {
  ready: boolean;
  pending: string | null;
  user_options?: object;
}

export const API_TOKEN = 'service-token';

export async function startFakeHub(): Promise<FakeHub> {
  const hub: FakeHub = {
    url: '',
    users: new Map(),
    groups: new Set(),
    hiddenGroups: false,
    pageLimit: 200,
    tokens: new Map(),
    codes: new Map(),
    requests: [],
    starts: [],
    onStart: () => ({ status: 201 }),
    onStop: () => undefined,
    afterStop: async () => undefined,
    progress: '',
    broken: null,
    close: async () => undefined
  };
  const server = createServer((request, response) => {
    answer(hub, request, response).catch((error: unknown) => reply(response, 500, { message: String(error) }));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  hub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hub/api`;
  hub.close = () => closeServer(server);
  return hub;
}

/** A user with a token that may call the service, as Lab's browser token may. */
export function addUser(hub: FakeHub, name: string, user: Partial<FakeUser> = {}): string {
  hub.users.set(name, { admin: false, groups: [], servers: new Map(), stopped: new Map(), ...user });
  const token = `${name}-token`;
  hub.tokens.set(token, { name, scopes: ['access:services!service=dashboards', `access:servers!server=${name}/`] });
  hub.codes.set(`${name}-code`, `${name}-viewer-token`);
  hub.tokens.set(`${name}-viewer-token`, { name, scopes: ['access:services!service=dashboards'] });
  return token;
}

async function answer(hub: FakeHub, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://hub');
  const path = pathname.replace('/hub/api/', '');
  hub.requests.push(`${request.method} ${path}`);
  const body = await read(request);
  if (hub.broken !== null) {
    reply(response, hub.broken, { message: 'broken' });
    return;
  }
  const token = (request.headers.authorization ?? '').replace('token ', '');
  const [resource, name, servers, serverName, progress] = path.split('/').map(decodeURIComponent);
  if (path === 'user') {
    const who = hub.tokens.get(token);
    const user = who && hub.users.get(who.name);
    if (!who || (!user && who.kind !== 'service')) {
      return reply(response, 403, { message: 'Forbidden' });
    }
    const { scopes, kind = 'user' } = who;
    return reply(response, 200, {
      kind,
      name: who.name,
      admin: user?.admin,
      groups: hub.hiddenGroups ? undefined : user?.groups,
      scopes
    });
  }
  if (path === 'oauth2/token') {
    const access = hub.codes.get(new URLSearchParams(body).get('code') ?? '');
    return access ? reply(response, 200, { access_token: access }) : reply(response, 400, { error: 'invalid_grant' });
  }
  if (token !== API_TOKEN) {
    return reply(response, 403, { message: 'Forbidden' });
  }
  if (resource === 'groups') {
    const users = [...hub.users].filter(([, user]) => user.groups.includes(name ?? '')).map(([member]) => member);
    return reply(response, hub.groups.has(name ?? '') ? 200 : 404, { name, users });
  }
  if (path === 'users') {
    const offset = Number(searchParams.get('offset'));
    const page = [...hub.users].slice(offset, offset + hub.pageLimit);
    return reply(
      response,
      200,
      page.map(([owner, one]) => ({
        name: owner,
        servers: serverModels(owner, [...one.servers, ...(one.stopped ?? [])])
      }))
    );
  }
  const user = hub.users.get(name ?? '');
  if (resource !== 'users' || !user || !name) {
    return reply(response, resource === '' ? 200 : 404, { message: 'Not found' });
  }
  if (servers !== 'servers' || !serverName) {
    return reply(response, 200, { name, servers: serverModels(name, [...user.servers]) });
  }
  if (progress) {
    if (user.servers.get(serverName)?.pending === 'stop') {
      return reply(response, 400, { message: `${name}:${serverName} is not starting...` });
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(hub.progress);
    return;
  }
  if (request.method === 'DELETE') {
    const stopped = user.servers.get(serverName);
    user.servers.delete(serverName);
    if (stopped && !body.includes('"remove":true')) {
      user.stopped?.set(serverName, { ...stopped, ready: false, pending: null });
    } else {
      user.stopped?.delete(serverName);
    }
    hub.onStop(name, serverName);
    await hub.afterStop();
    return reply(response, 204);
  }
  const options = JSON.parse(body || 'null') as object | null;
  hub.starts.push(options);
  if (user.servers.get(serverName)?.ready) {
    return reply(response, 400, { message: `${name}:${serverName} is already running` });
  }
  const { status, message, headers } = await hub.onStart(name, serverName);
  if (status === 201) {
    user.servers.set(serverName, { ready: true, pending: null, user_options: options ?? {} });
  } else if (status === 202) {
    user.servers.set(serverName, { ready: false, pending: 'spawn', user_options: options ?? {} });
  }
  reply(response, status, message === undefined ? undefined : { status, message }, headers);
}

function serverModels(owner: string, servers: [string, FakeServer][]): object {
  return Object.fromEntries(
    servers.map(([name, server]) => [name, { name, url: `/user/${owner}/${name}/`, ...server }])
  );
}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) {
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString();
}

function reply(response: ServerResponse, status: number, body?: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body ? JSON.stringify(body) : undefined);
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise(resolve => server.close(() => resolve()));
}

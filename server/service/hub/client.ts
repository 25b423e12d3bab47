import { setTimeout as wait } from 'node:timers/promises';

import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';

import { SERVER_NAME_PREFIX } from '../../contract';
import type { HubPeople } from '../access/hub-people';
import type { HubServers, ServerState } from '../dashboards/hub-servers';
import { ServiceError } from '../errors';
import { HubGroup, HubIdentity, HubProgress, HubToken, HubUser, HubUsers, type HubServer } from './replies';
import { inPlainWords, refusalIn } from './cluster-words';
import { checked, createAsk, createListen, hubUnavailable, parseJson, type Fetch, type HubAnswer } from './request';
import { startFailure } from './start-failure';

export interface HubClientOptions {
  apiUrl: string;
  apiToken: string;
  clientId: string;
  callbackUrl: string;
  fetch?: Fetch;
  removalMs?: number;
}

/** How long the Hub may take to remove a server, with the pod and the volume that it may consist of. */
const REMOVAL_MS = 120_000;
const LOOK_MS = 250;

/** What the Hub answers where a Spawner has raised something within the time that a request waits for it. */
const WORDLESS = new Set(['', 'error', 'timeout', 'Internal Server Error']);

/**
 * Users that are asked for at a time: with their servers, each costs the Hub 4 ms in which it does nothing else. It gives
 * fewer where an administrator has set a smaller limit.
 */
const PAGE = 50;

/** What the Hub keeps of a start: for people who look at the server's options, and to know it again. */
const StartedWith = Type.Object({ dashboard: Type.String() });
type StartedWith = Static<typeof StartedWith>;

/** The Hub's public REST API, as far as the service uses it. */
export type HubClient = HubPeople & HubServers & { reachable(): Promise<boolean> };

export function createHubClient(options: HubClientOptions): HubClient {
  const fetch = options.fetch ?? globalThis.fetch;
  const ask = createAsk(options.apiUrl, fetch);
  const listen = createListen(options.apiUrl, fetch);
  const token = options.apiToken;

  /** The progress stream of a start that has failed holds one event and ends; without a failed start it is an error. */
  async function failedStart(owner: string, serverName: string): Promise<string | null> {
    const answer = await ask({ path: `${serverPath(owner, serverName)}/progress`, token, timeoutMs: 5_000 });
    return answer.status < 300 ? failureIn(answer.text) : null;
  }

  /**
   * The Hub answers while it is still stopping a server, and removes it after that: if it ended meanwhile, the server would
   * stay in its list, and a volume with it.
   */
  async function untilRemoved(owner: string, serverName: string): Promise<void> {
    const until = Date.now() + (options.removalMs ?? REMOVAL_MS);
    for (;;) {
      const answer = await ask({ path: `users/${encodeURIComponent(owner)}?include_stopped_servers=1`, token });
      if (answer.status === 404 || checked(HubUser, ok(answer)).servers?.[serverName] === undefined) {
        return;
      }
      if (Date.now() > until) {
        throw new ServiceError('server_failed', 502, 'JupyterHub has not removed the server yet.', 'Try again.');
      }
      await wait(LOOK_MS);
    }
  }

  return {
    async identity(userToken) {
      const answer = await ask({ path: 'user', token: userToken });
      if (answer.status === 401 || answer.status === 403 || answer.status === 404) {
        return null;
      }
      const { kind, name, admin, groups, scopes } = checked(HubIdentity, ok(answer));
      return { kind, name, admin: admin ?? false, groups: groups ?? [], scopes: scopes ?? [] };
    },

    async userExists(name) {
      return exists(await ask({ path: `users/${encodeURIComponent(name)}`, token }));
    },

    async groupExists(name) {
      return exists(await ask({ path: `groups/${encodeURIComponent(name)}`, token }));
    },

    async groupMembers(name) {
      const answer = await ask({ path: `groups/${encodeURIComponent(name)}`, token });
      return answer.status === 404 ? [] : (checked(HubGroup, ok(answer)).users ?? []);
    },

    async exchangeCode(code) {
      const answer = await ask({
        method: 'POST',
        path: 'oauth2/token',
        token,
        form: {
          client_id: options.clientId,
          client_secret: options.apiToken,
          grant_type: 'authorization_code',
          code,
          redirect_uri: options.callbackUrl
        }
      });
      if (answer.status >= 500) {
        throw hubUnavailable(new Error(`status ${answer.status}`));
      }
      return Value.Check(HubToken, answer.body) ? answer.body.access_token : null;
    },

    async servers(owner) {
      const answer = await ask({ path: `users/${encodeURIComponent(owner)}`, token });
      if (answer.status === 404) {
        return null;
      }
      const { servers } = checked(HubUser, ok(answer));
      return new Map(Object.entries(servers ?? {}).map(([name, server]) => [name, serverState(server)]));
    },

    async anyOfDashboards() {
      for (let offset = 0; ;) {
        const path = `users?include_stopped_servers=1&offset=${offset}&limit=${PAGE}`;
        const answer = await ask({ path, token, timeoutMs: 30_000 });
        if (answer.status === 403) {
          return null;
        }
        const users = checked(HubUsers, ok(answer));
        for (const { name: owner, servers } of users) {
          const found = Object.values(servers ?? {}).find(isOfDashboard);
          if (found) {
            return `${owner}/${found.name}`;
          }
        }
        if (users.length === 0) {
          return null;
        }
        offset += users.length;
      }
    },

    async start(owner, serverName, dashboardId) {
      const answer = await ask({
        method: 'POST',
        path: serverPath(owner, serverName),
        token,
        // The hook ignores it. Flat, as JupyterHub 5 and 6 both take it.
        json: { dashboard: dashboardId } satisfies StartedWith,
        // The Hub answers after `slow_spawn_timeout` (10 s) at the latest, unless an administrator has set another.
        timeoutMs: 60_000
      });
      if (answer.status === 201 || answer.status === 202) {
        return answer.status === 201 ? 'ready' : 'pending';
      }
      if (answer.status === 400 && answer.message.includes('already running')) {
        return 'running';
      }
      if (answer.status === 400 && answer.message.includes('is pending')) {
        return 'busy';
      }
      const wordless = answer.status === 500 && WORDLESS.has(answer.message);
      const words = wordless ? await failedStart(owner, serverName).catch(() => null) : null;
      throw startFailure(owner, words ? { ...answer, message: words } : answer);
    },

    async stop(owner, serverName, remove) {
      const answer = await ask({
        method: 'DELETE',
        path: serverPath(owner, serverName),
        token,
        ...(remove ? { json: { remove: true } } : {}),
        timeoutMs: 60_000
      });
      if (answer.status >= 400 && answer.status !== 404) {
        throw answer.status >= 500
          ? hubUnavailable(new Error(answer.message))
          : new ServiceError('server_failed', 502, `The server could not be stopped: ${answer.message}.`, 'Try again.');
      }
      if (remove && answer.status !== 404) {
        await untilRemoved(owner, serverName);
      }
    },

    async *startNews(owner, serverName, signal) {
      for await (const event of listen(`${serverPath(owner, serverName)}/progress`, token, signal)) {
        const news = Value.Check(HubProgress, event) && event.raw_event ? inPlainWords(event.raw_event) : null;
        if (news) {
          yield news;
        }
      }
    },

    async spawnFailure(owner, serverName) {
      const words = await failedStart(owner, serverName);
      return words === null ? null : { reason: refusalIn(words), words };
    },

    async reachable() {
      try {
        return (await ask({ path: '', token, timeoutMs: 2_000 })).status < 500;
      } catch {
        return false;
      }
    }
  };
}

function serverPath(owner: string, serverName: string): string {
  return `users/${encodeURIComponent(owner)}/servers/${encodeURIComponent(serverName)}`;
}

/** The name alone does not tell: anybody may call a server of theirs `dash-…`. */
function isOfDashboard({ name, user_options }: HubServer): boolean {
  return name.startsWith(SERVER_NAME_PREFIX) && Value.Check(StartedWith, user_options);
}

function serverState(server: HubServer): ServerState {
  return { ready: server.ready, pending: server.pending, url: server.url, fullUrl: server.full_url ?? null };
}

function failureIn(stream: string): string | null {
  for (const line of stream.split('\n')) {
    const event: unknown = line.startsWith('data:') ? parseJson(line.slice(5)) : null;
    if (Value.Check(HubProgress, event) && event.failed) {
      return (event.message ?? '').replace(/^Spawn failed: /, '');
    }
  }
  return null;
}

function exists(answer: HubAnswer): boolean {
  if (answer.status === 404) {
    return false;
  }
  ok(answer);
  return true;
}

function ok(answer: HubAnswer): HubAnswer {
  if (answer.status >= 300) {
    throw hubUnavailable(new Error(`status ${answer.status}: ${answer.message}`));
  }
  return answer;
}

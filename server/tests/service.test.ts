import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { BuildReply, Dashboard, DashboardReply, ErrorReply, VersionList } from '../contract';
import { eventually } from '../service/testing/test-service';
import { startTestHub, type TestHub } from './hub';
import { Visitor } from './visitor';

const LAB_SCOPES = ['access:services!service=dashboards', 'access:servers!server=alice/'];

const app = (marker: string) => `
import os, http.server
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"${marker}")
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page).serve_forever()
`;

let hub: TestHub;
let alice: string;

beforeAll(async () => {
  hub = await startTestHub({ users: ['alice', 'bob', 'carol'], admins: ['root'], groups: { staff: ['bob'] } });
  alice = await hub.token('alice', LAB_SCOPES);
  mkdirSync(join(hub.home('alice'), 'sales'));
});
afterAll(() => hub?.stop());

const writeApp = (marker: string) => writeFileSync(join(hub.home('alice'), 'sales/app.py'), app(marker));

async function call<T>(
  token: string,
  method: string,
  path: string,
  body?: unknown
): Promise<{ status: number; body: T }> {
  const response = await fetch(`${hub.serviceUrl}api/v1/${path}`, {
    method,
    headers: { authorization: `token ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    body: body ? JSON.stringify(body) : undefined
  });
  const text = await response.text();
  return { status: response.status, body: (text ? JSON.parse(text) : null) as T };
}

const request = (changes: object = {}) => ({
  name: 'Sales',
  source: { kind: 'files', root: join(hub.home('alice'), 'sales'), entry: 'app.py', scope: 'folder' },
  framework: 'command',
  command: '{python} {entry}',
  ...changes
});

const dashboard = async (id: string) => (await call<DashboardReply>(alice, 'GET', `dashboards/${id}`)).body.dashboard;

const settled = (id: string) =>
  eventually(async () => {
    const { build, state, problem } = (await dashboard(id)) satisfies Dashboard;
    if (build?.state === 'failed' || build?.state === 'cancelled') {
      throw new Error(
        `build ${build.state}: ${JSON.stringify(build.problem)} ${JSON.stringify(problem)}\n${hub.log().slice(-3_000)}`
      );
    }
    return build?.state === 'live' && state === 'running';
  });

/** Follows the starting page as its script would. */
const opened = (visitor: Visitor, user: string, url: string, marker: string) =>
  eventually(async () => {
    const answer = await visitor.openAs(user, url);
    return answer.status === 200 && answer.text.includes(marker) && answer;
  });

describe('on a real hub', () => {
  it("refuses tokens of somebody else's server and tokens without our scope", async () => {
    const foreign = await hub.token('root', LAB_SCOPES);
    for (const [method, path] of [
      ['POST', 'dashboards'],
      ['GET', 'dashboards'],
      ['GET', 'whoami'],
      ['GET', 'events']
    ] as const) {
      const { status, body } = await call<ErrorReply>(foreign, method, path, method === 'POST' ? request() : undefined);
      expect([status, body.error.code]).toEqual([403, 'foreign_server']);
    }
    const bare = await hub.token('alice', ['access:servers!server=alice/']);
    expect((await call<ErrorReply>(bare, 'GET', 'whoami')).body.error.code).toBe('scope_missing');
    const own = await hub.token('root', ['access:services', 'access:servers']);
    expect((await call<{ name: string; admin: boolean }>(own, 'GET', 'whoami')).body).toMatchObject({
      name: 'root',
      admin: true
    });
  });

  it('names people that the hub does not know', async () => {
    const audience = { kind: 'people', users: ['bob', 'nobody'], groups: ['staff', 'nothing'] };
    const { status, body } = await call<ErrorReply>(alice, 'POST', 'dashboards', request({ audience }));
    expect([status, body.error.code]).toEqual([400, 'audience_unknown']);
    expect(body.error.message).toMatch(/user nobody, group nothing/);
    expect(body.error.detail?.split('\n')).toEqual(['user nobody', 'group nothing']);
  });

  it('takes a dashboard from publish to delete', async () => {
    writeApp('first');
    const audience = { kind: 'people', users: [], groups: ['staff'] };
    const published = await call<BuildReply>(alice, 'POST', 'dashboards', request({ audience }));
    expect(published.status).toBe(201);
    // Answered before anything was built.
    expect(['queued', 'server']).toContain(published.body.build?.state);
    const { id, link } = published.body.dashboard;
    expect(link).toBe(`${hub.serviceUrl}d/sales`);
    await settled(id);

    const bob = new Visitor();
    const first = await opened(bob, 'bob', link, 'first');
    expect(new URL(first.url).origin).toBe(hub.dashboardsOrigin);
    expect(new URL(first.url).pathname).toMatch(/^\/user\/alice\/dash-sales-[a-z2-7]{8}\/v\/1\/$/);

    const carol = new Visitor();
    const hidden = await carol.openAs('carol', link);
    const nothing = await carol.open(`${hub.serviceUrl}d/no-such-dashboard`);
    expect([hidden.status, hidden.text]).toEqual([404, nothing.text]);

    writeApp('second');
    const update = await call<BuildReply>(alice, 'POST', `dashboards/${id}/versions`, {});
    expect([update.status, update.body.build.version]).toEqual([201, 2]);
    await eventually(async () => (await dashboard(id)).liveVersion === 2, 30_000);
    await opened(bob, 'bob', link, 'second');

    await call(alice, 'POST', `dashboards/${id}/live`, { version: 1 });
    await eventually(async () => (await dashboard(id)).liveVersion === 1, 30_000);
    await opened(bob, 'bob', link, 'first');
    const { versions } = (await call<VersionList>(alice, 'GET', `dashboards/${id}/versions`)).body;
    expect(versions.map(({ n, live, state }) => [n, live, state])).toEqual([
      [2, false, 'ready'],
      [1, true, 'ready']
    ]);

    // An administrator stops the server: nobody is connected, so it sleeps, and a visit wakes it.
    const server = new URL(first.url).pathname.split('/')[3] ?? '';
    await hub.api('DELETE', `users/alice/servers/${server}`);
    await eventually(async () => (await dashboard(id)).state === 'asleep', 20_000);
    const waking = await bob.openAs('bob', `${hub.serviceUrl}at/alice/${server}/v/1/`);
    expect([waking.status, waking.text]).toEqual([503, expect.stringContaining('This dashboard is starting.')]);
    await opened(bob, 'bob', link, 'first');

    const narrowed = await call<DashboardReply>(alice, 'PATCH', `dashboards/${id}`, { audience: { kind: 'owner' } });
    expect(narrowed.status).toBe(200);
    expect((await bob.openAs('bob', link)).status).toBe(404);
    // The session at the runner ends with it.
    await eventually(async () => (await bob.open(first.url)).status !== 200, 5_000);

    const files = join(hub.home('alice'), '.dashboards', id);
    expect(existsSync(files)).toBe(true);
    expect((await call(alice, 'DELETE', `dashboards/${id}`)).status).toBe(204);
    expect((await call(alice, 'GET', `dashboards/${id}`)).status).toBe(404);
    await eventually(async () => {
      const { body } = await hub.api('GET', 'users/alice?include_stopped_servers=1');
      return !Object.keys((body as { servers: object }).servers).some(name => name.startsWith('dash-'));
    });
    expect(existsSync(files)).toBe(false);
    expect(readdirSync(join(hub.home('alice'), 'sales'))).toEqual(['app.py']);
  });

  it("keeps a user from starting anything under a dashboard's name", async () => {
    const name = 'dash-nothing-here';
    const { status } = await hub.api('POST', `users/alice/servers/${name}`, { cmd: 'jupyterhub-singleuser' });
    expect([201, 202]).toContain(status);
    const page = await eventually(async () => {
      const answer = await new Visitor().openAs('alice', `${hub.url}user/alice/${name}/`);
      return answer.text.includes('no dashboard behind') && answer;
    });
    expect(page.text).not.toContain('JupyterLab');
    await hub.api('DELETE', `users/alice/servers/${name}`, { remove: true });
  });
});

import type { ServerConnection } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';

import { findAccess, type HubPage } from '../dashboards/access';
import { explain } from '../hub/explanation';

const trans = nullTranslator.load('jupyterhub_dashboards');
const page: HubPage = { prefix: '/hub/', user: 'alice', serverUser: 'alice', token: 'secret' };
const context = { hub: true, serviceUrl: '/services/dashboards', root: '/home/alice/work', home: '/home/alice' };

let asked: string[];

/** Settings of a Lab server that answers everything with this. */
function server(status: number, body: unknown): ServerConnection.ISettings {
  const answer = async (request: RequestInfo) => {
    asked.push(typeof request === 'string' ? request : request.url);
    const response = { status, ok: status < 400, json: async () => body, headers: new Map() };
    return response as unknown as Response;
  };
  class FakeRequest {
    readonly headers = new Map<string, string>();
    constructor(readonly url: string) {}
  }
  return {
    baseUrl: 'http://localhost/user/alice/',
    appendToken: false,
    token: '',
    init: {},
    fetch: answer,
    Request: FakeRequest,
    Headers: Map
  } as unknown as ServerConnection.ISettings;
}

beforeEach(() => {
  asked = [];
});

describe('findAccess', () => {
  it('asks the extension of this Lab’s server where the service is', async () => {
    const access = await findAccess(page, server(200, context), trans);
    expect(asked).toEqual([expect.stringContaining('/user/alice/jupyterhub-dashboards/context')]);
    expect(access).toMatchObject({
      kind: 'ready',
      connection: { serviceUrl: 'http://localhost/services/dashboards/', token: 'secret' },
      folders: { root: '/home/alice/work', home: '/home/alice' }
    });
  });

  it('takes the service from another host as it is', async () => {
    const elsewhere = { ...context, serviceUrl: 'https://services.example.org/services/dashboards/' };
    const access = await findAccess(page, server(200, elsewhere), trans);
    expect(access).toMatchObject({ connection: { serviceUrl: elsewhere.serviceUrl } });
  });

  it('asks nobody without a hub', async () => {
    const access = await findAccess({ ...page, prefix: '' }, server(500, null), trans);
    expect(access).toMatchObject({ kind: 'off', obstacle: 'no-hub' });
    expect(asked).toEqual([]);
  });

  it('is off in somebody else’s Lab, before any request', async () => {
    const access = await findAccess({ ...page, user: 'admin' }, server(200, context), trans);
    expect(access).toEqual({ kind: 'off', obstacle: 'foreign-server', owner: 'alice' });
    expect(asked).toEqual([]);
  });

  it.each([
    ['the extension is missing', 404, null, 'no-extension'],
    ['the server was not started by a hub', 200, { ...context, hub: false }, 'no-hub']
  ])('is off where %s', async (_what, status, body, obstacle) => {
    expect(await findAccess(page, server(status, body), trans)).toMatchObject({ kind: 'off', obstacle });
  });

  it.each([
    [500, null],
    [200, { serviceUrl: '/' }]
  ])('fails in words on a reply it does not understand (%i)', async (status, body) => {
    await expect(findAccess(page, server(status, body), trans)).rejects.toHaveProperty('code', 'internal');
  });
});

describe('explain', () => {
  it.each(['no-hub', 'no-extension', 'foreign-server'] as const)(
    'says for %s what to do, in at most three lines',
    obstacle => {
      const { title, lines } = explain({ kind: 'off', obstacle, owner: 'alice' }, trans);
      expect(title).toMatch(/\w/);
      expect(lines.length).toBeGreaterThan(1);
      expect(lines.length).toBeLessThan(4);
    }
  );
});

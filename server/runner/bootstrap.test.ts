import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, fstatSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parseBootstrap } from './bootstrap';
import { bootstrapDescriptor, BootstrapError, readBootstrap } from './bootstrap-pipe';

const start = {
  dashboard: { id: 'd1', slug: 'sales', name: 'Vertrieb {1}' },
  owner: 'alice',
  serverName: 'dash-sales',
  startId: 's1',
  serviceUrl: 'http://127.0.0.1:1/services/dashboards/',
  publicServiceUrl: '/services/dashboards/',
  dashboardsOrigin: null,
  ticketKey: 'AAAA',
  state: { revision: 1, live: null, job: null, kept: [] }
};
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const message = {
  start: encode(start),
  apiToken: 'very-secret-token',
  listen: { host: '127.0.0.1', port: 1234 },
  prefix: '/user/alice/dash-sales/',
  python: '/usr/bin/python3',
  home: '/home/alice',
  ownVariables: []
};

describe('the bootstrap message', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bootstrap-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const descriptorOf = (text: string): number => {
    writeFileSync(join(folder, 'message'), text);
    return openSync(join(folder, 'message'), 'r');
  };

  it('is read to its end and its descriptor closed', () => {
    const fd = descriptorOf(JSON.stringify({ ...message, python: 'x'.repeat(200_000) }));
    expect(readBootstrap(fd)).toMatchObject({ listen: message.listen, content: { apiToken: 'very-secret-token' } });
    expect(() => fstatSync(fd)).toThrow(/EBADF/);
  });

  it('yields the decoded start specification', () => {
    const bootstrap = parseBootstrap({ ...message, activityUrl: '', serverName: 'dash-sales' });
    expect(bootstrap.start).toEqual(start);
    expect(bootstrap.home).toBe('/home/alice');
  });

  it.each([
    ['nothing', undefined],
    ['no start', { ...message, start: undefined }],
    ['a start that is no JSON', { ...message, start: 'AAAA' }],
    ['another start', { ...message, start: encode({ ...start, startId: 5 }) }],
    ['a prefix without slash', { ...message, prefix: '/user/alice' }],
    ['a prefix with a query', { ...message, prefix: '/user/?/' }],
    ['no token', { ...message, apiToken: '' }]
  ])('%s is refused with a sentence that holds no secret', (_name, content) => {
    let error: unknown;
    try {
      parseBootstrap(content);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(BootstrapError);
    expect(String(error)).toMatch(/cannot start: .*\. Start it with jupyterhub-dashboards-runner\.$/);
    expect(String(error)).not.toContain('very-secret-token');
  });

  it.each(['', 'no JSON', '{}', 'null', '{"listen":{"host":"x","port":"1"}}', '{"listen":{"host":"x","port":70000}}'])(
    '%j gives nothing to listen on',
    text => {
      expect(() => readBootstrap(descriptorOf(text))).toThrow(BootstrapError);
    }
  );

  it('unbounded input: a message without end is refused', () => {
    const endless = openSync('/dev/zero', 'r');
    expect(() => readBootstrap(endless)).toThrow(/too long/);
    expect(() => closeSync(endless)).toThrow(/EBADF/);
  });

  it('needs the option', () => {
    expect(bootstrapDescriptor(['node', 'runner.js', '--bootstrap-fd', '7'])).toBe(7);
    for (const argv of [[], ['--bootstrap-fd'], ['--bootstrap-fd', 'x'], ['--bootstrap-fd', '-1']]) {
      expect(() => bootstrapDescriptor(argv)).toThrow(BootstrapError);
    }
  });
});

import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { WebSocket } from 'ws';

import { PushClient } from '../../author/push/push-client';
import { CHECK_GREETING, CHECK_PAGES, CheckReport, type CheckMarker, type CheckSeen } from '../../contract';
import type { Bootstrap } from '../bootstrap';
import { listen, type Listener } from '../listener';
import { createSigner } from '../testing/push-bench';
import { lookUntil } from '../testing/look-until';
import { runCheck } from './check';

const KEY = 'k'.repeat(32);
const PREFIX = '/user/root/dash-check-x/';

let home: string;
let listener: Listener;
let service: Server;
let origin: string;
const exited: number[] = [];

beforeEach(() => void exited.splice(0));

/** Stands in for a Python in which `voila` works, `streamlit` is broken and nothing else is installed. */
const PYTHON = `#!/bin/sh
case "$3" in
  voila) echo; echo 0.5.13 ;;
  streamlit) echo "Traceback" >&2; echo "ImportError: no libstdc++" >&2; exit 1 ;;
  *) exit 3 ;;
esac
`;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'dashboards-check-'));
  writeFileSync(join(home, 'python'), PYTHON, { mode: 0o755 });
  service = createServer((request, response) =>
    response.writeHead(request.url === '/s/api/v1/health' ? 200 : 404).end()
  );
  await new Promise<void>(done => service.listen(0, '127.0.0.1', done));
  listener = await listen({ host: '127.0.0.1', port: 0 });
  origin = `http://127.0.0.1:${listener.port}`;
});
afterEach(async () => {
  process.removeAllListeners('SIGTERM').removeAllListeners('SIGINT');
  await listener.close();
  service.close();
  rmSync(home, { recursive: true });
});

function specification() {
  const serviceUrl = `http://127.0.0.1:${(service.address() as AddressInfo).port}/s/`;
  return {
    serviceUrl,
    publishablePaths: ['.'],
    check: { key: KEY, frameworks: ['voila', 'streamlit', 'command'] }
  } as Bootstrap['start'];
}

function start(changes: Partial<Bootstrap> = {}): void {
  const bootstrap = {
    prefix: PREFIX,
    python: join(home, 'python'),
    home,
    apiToken: 'secret',
    ownVariables: [],
    start: specification(),
    ...changes
  } as Bootstrap;
  runCheck(bootstrap, listener, code => void exited.push(code), { files: 50, bytes: 100_000 });
}

const authorization = `Bearer ${KEY}`;
const ask = (path: string, headers: Record<string, string> = { authorization }) => fetch(origin + path, { headers });

function report(): Promise<CheckReport> {
  return lookUntil(async () => {
    const body: unknown = await (await ask(PREFIX + CHECK_PAGES.report)).json();
    return Value.Check(CheckReport, body) && body.done ? body : null;
  }, 'the report');
}

describe('a checking server', () => {
  it('reports what it has tried, and leaves nothing in the home folder', async () => {
    start();
    expect(await report()).toMatchObject({
      node: process.version.slice(1),
      python: join(home, 'python'),
      home,
      homeFree: expect.any(Number) as number,
      homeError: null,
      serviceError: null,
      frameworks: expect.arrayContaining([
        { id: 'voila', distribution: 'voila', version: '0.5.13', error: null },
        { id: 'streamlit', distribution: 'streamlit', version: null, error: 'ImportError: no libstdc++' }
      ]) as unknown[],
      storage: expect.arrayContaining([
        expect.objectContaining({ id: 'store', state: 'ok' }),
        expect.objectContaining({ id: 'publishable-paths', sentence: 'Can be published from: ..' }),
        expect.objectContaining({ id: 'strategy', state: 'ok' })
      ]) as unknown[]
    });
    expect(readdirSync(home)).toEqual(['python']);
  });

  it('names what it could not do', async () => {
    start({ home: join(home, 'gone'), start: { ...specification(), serviceUrl: 'http://127.0.0.1:1/' } });
    expect(await report()).toMatchObject({
      homeError: 'ENOENT',
      homeFree: null,
      serviceError: expect.any(String) as string
    });
  });

  it('shows nothing to those without the key', async () => {
    start();
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: 'token secret' }]) {
      expect((await ask(PREFIX + CHECK_PAGES.report, headers as Record<string, string>)).status).toBe(401);
    }
    expect((await ask(PREFIX)).status).toBe(404);
  });

  it('greets over a WebSocket what speaks first, if it has the key', async () => {
    start();
    const url = `${origin.replace('http', 'ws')}${PREFIX}${CHECK_PAGES.socket}`;
    const answer = (headers: Record<string, string>) =>
      new Promise<string>(resolve => {
        const socket = new WebSocket(url, { headers });
        socket.on('open', () => socket.send('hello'));
        socket.on('message', (data: Buffer) => {
          resolve(data.toString());
          socket.terminate();
        });
        socket.on('error', error => resolve(error.message));
      });
    expect(await answer({ authorization })).toBe(CHECK_GREETING);
    expect(await answer({})).toContain('401');
  });

  it('leaves a file beside the versions, and says after its next start whether that was kept', async () => {
    start();
    const canary = (method: string, headers: Record<string, string> = { authorization }) =>
      fetch(origin + PREFIX + CHECK_PAGES.canary, { method, headers });
    expect((await canary('PUT', {})).status).toBe(401);
    expect(readdirSync(home)).toEqual(['python']);
    expect(await (await canary('GET')).json()).toEqual({ error: null, kept: false });
    expect(await (await canary('PUT')).json()).toEqual({ error: null, kept: false });
    await listener.close();
    listener = await listen({ host: '127.0.0.1', port: 0 });
    origin = `http://127.0.0.1:${listener.port}`;
    start();
    expect(await (await canary('GET')).json()).toEqual({ error: null, kept: true });
    expect(await (await canary('GET')).json()).toEqual({ error: null, kept: false });
    expect(readdirSync(home)).toEqual(['python']);
  });

  it('tells of a file that JupyterLab has written for it, and of no other', async () => {
    start();
    const take = async (file: string) => {
      const path = `${CHECK_PAGES.seen}?file=${encodeURIComponent(file)}`;
      const reply = await fetch(origin + PREFIX + path, { method: 'DELETE', headers: { authorization } });
      return ((await reply.json()) as CheckSeen).sha256;
    };
    const own = join(home, 'dashboards-check-1.txt');
    writeFileSync(own, 'seen');
    symlinkSync(own, join(home, 'dashboards-check-link'));
    for (const file of ['', 'python', join(home, 'python'), join(home, 'dashboards-check-link'), '/etc/passwd', home]) {
      expect(await take(file)).toBeNull();
    }
    expect(await take(own)).toBe(createHash('sha256').update('seen').digest('hex'));
    expect(await take(own)).toBeNull();
    expect(readdirSync(home).sort()).toEqual(['dashboards-check-link', 'python']);
  });

  it('writes a file for another server to look for, and takes it away when it ends', async () => {
    start();
    const reply = await fetch(origin + PREFIX + CHECK_PAGES.seen, { method: 'PUT', headers: { authorization } });
    const { file, sha256, error } = (await reply.json()) as CheckMarker;
    expect(error).toBeNull();
    const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
    expect([file.startsWith(`${home}/dashboards-check-`), digest]).toEqual([true, sha256]);
    process.emit('SIGTERM');
    await lookUntil(() => exited.length > 0, 'the end');
    expect(readdirSync(home)).toEqual(['python']);
  });

  it('says why it cannot write one', async () => {
    start({ home: join(home, 'gone') });
    const reply = await fetch(origin + PREFIX + CHECK_PAGES.seen, { method: 'PUT', headers: { authorization } });
    expect(await reply.json()).toMatchObject({ error: 'ENOENT' });
  });

  it('takes what is sent to it at the addresses of its first report, and from those alone who have its ticket', async () => {
    const { ticketKey, ticket } = createSigner();
    const whose = { dashboardId: 'check', startId: 's1', buildId: 'check' };
    const { check, ...rest } = specification();
    const push = { buildId: 'check', ticket: ticket(whose), relayUrl: null, ownDomains: false };
    start({
      start: {
        ...rest,
        ...{ ticketKey, startId: 's1', strategies: ['live', 'relay'] },
        dashboard: { id: 'check', slug: 'check', name: 'Check' },
        check: { key: KEY, frameworks: [], ...check, push }
      }
    });
    const known = new URLSearchParams([
      ['at', origin + PREFIX],
      ['at', 'file:///etc/']
    ]);
    await ask(`${PREFIX}${CHECK_PAGES.report}?${known}`);
    const { storage } = await report();
    const said = Object.fromEntries(storage.map(line => [line.id, line]));
    expect(said['relay-address']).toMatchObject({ state: 'ok', sentence: expect.stringContaining(origin) as string });
    expect(said['git-cost']?.sentence).toBe('Not tried: this hub publishes from no repository.');
    const address = { url: `${origin}${PREFIX}_dashboards/push/` };
    const { signal } = new AbortController();
    const stranger = new PushClient({
      address,
      signal,
      ticket: ticket({ ...whose, startId: 's2' }),
      sender: 'somebody'
    });
    await expect(stranger.call(Type.Object({}), 'hello')).rejects.toMatchObject({ status: 401 });
    stranger.close();
    expect(readdirSync(home)).toEqual(['python']);
  });

  it('ends in order when it is told to, and takes what it was trying with it', async () => {
    start();
    await lookUntil(async () => {
      await ask(PREFIX + CHECK_PAGES.report);
      return readdirSync(home).includes('.dashboards');
    }, 'the beginning of the attempts');
    process.emit('SIGTERM');
    await lookUntil(() => exited.length > 0, 'the end');
    expect(exited).toEqual([0]);
    expect(readdirSync(home)).toEqual(['python']);
  });
});

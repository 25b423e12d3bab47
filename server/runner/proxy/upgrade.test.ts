import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

import WebSocket, { WebSocketServer } from 'ws';

import { lookUntil, settled } from '../testing/look-until';
import { callRaw } from '../testing/http-call';
import { ManualClock } from '../testing/manual-clock';
import { PREFIX, RunnerFixture } from '../testing/runner-fixture';

const V1 = `${PREFIX}v/1/`;

/** Opens a WebSocket; the result is the socket, or the status it was refused with. */
function open(port: number, path: string, options: WebSocket.ClientOptions): Promise<WebSocket | number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, options);
    socket.on('open', () => resolve(socket));
    socket.on('unexpected-response', (_request, reply) => {
      resolve(reply.statusCode ?? 0);
      reply.destroy();
    });
    socket.on('error', reject);
  });
}

describe('a WebSocket', () => {
  let runner: RunnerFixture;
  let sockets: WebSocketServer;
  let cookie: string;
  let id: string;
  let clock: ManualClock;
  const seen: { url: string | undefined; headers: Record<string, unknown> }[] = [];

  beforeEach(async () => {
    clock = new ManualClock();
    runner = await RunnerFixture.start({ clock });
    seen.length = 0;
    const server = await runner.serve(1, (_request, response) => response.writeHead(404).end());
    sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket, request) => {
      seen.push({ url: request.url, headers: request.headers });
      socket.on('message', (data, binary) => socket.send(data, { binary }));
    });
    ({ cookie, id } = await runner.signIn());
  });
  afterEach(async () => {
    sockets.close();
    await runner.stop();
  });

  const openAsViewer = async (): Promise<WebSocket> => {
    const socket = await open(runner.port, `${V1}ws?x=1`, { headers: { cookie }, origin: `http://${runner.host}` });
    if (typeof socket === 'number') {
      throw new Error(`Refused with ${socket}`);
    }
    return socket;
  };

  it('of a viewer is joined with the app, large messages included', async () => {
    const socket = await openAsViewer();
    const message = Buffer.alloc(1_000_000, 7);
    const echoed = new Promise<Buffer>(resolve => socket.on('message', data => resolve(data as Buffer)));
    socket.send(message);
    expect((await echoed).equals(message)).toBe(true);
    expect(seen[0]).toMatchObject({ url: `${V1}ws?x=1`, headers: { 'x-dashboards-user': 'bob' } });
    expect(seen[0]?.headers).not.toHaveProperty('cookie');
    expect(runner.engine.options?.connections(1)).toBe(1);
    socket.close();
    await lookUntil(() => runner.engine.options?.connections(1) === 0, 'it is not counted any more');
  });

  it('without, with a foreign, and with an ended session is refused before the app sees a byte', async () => {
    const origin = `http://${runner.host}`;
    expect(await open(runner.port, `${V1}ws`, { origin })).toBe(401);
    expect(await open(runner.port, `${V1}ws`, { origin, headers: { cookie: 'dash-session=guess' } })).toBe(401);
    await lookUntil(() => runner.service.streams === 1, 'the event stream is open');
    runner.service.send({ kind: 'ended', sessions: [id] });
    await lookUntil(() => runner.engine.applied.length >= 2, 'the event stream is read');
    let status: unknown = null;
    while (status !== 401) {
      const result = await open(runner.port, `${V1}ws`, { origin, headers: { cookie } });
      status = typeof result === 'number' ? result : (result.terminate(), seen.splice(0), null);
    }
    expect(seen).toEqual([]);
  });

  it('is closed as its protocol has it when its version ends: its page is to be loaded anew', async () => {
    const socket = await openAsViewer();
    const closed = new Promise(resolve => socket.on('close', (code, reason) => resolve([code, String(reason)])));
    runner.engine.options?.sendAway(1);
    expect(await closed).toEqual([1012, 'This version of the dashboard has ended. Reload the page.']);
    await lookUntil(() => runner.engine.options?.connections(1) === 0, 'it is not counted any more');
  });

  it('has the message that is under way to its end before it is closed', async () => {
    const socket = await openAsViewer();
    const [appSocket] = sockets.clients;
    const size = 20_000_000;
    const received: number[] = [];
    socket.on('message', data => received.push((data as Buffer).length));
    const closed = new Promise(resolve => socket.on('close', code => resolve(code)));
    socket.pause();
    appSocket?.send(Buffer.alloc(size, 1));
    await settled(() => appSocket?.bufferedAmount ?? 0);
    expect(appSocket?.bufferedAmount).toBeGreaterThan(0);
    runner.engine.options?.sendAway(1);
    socket.resume();
    expect(await closed).toBe(1012);
    expect(received).toEqual([size]);
  });

  it('whose app has not answered yet is refused when its version ends', async () => {
    const asked: Socket[] = [];
    const backend = createServer(socket => {
      asked.push(socket);
      socket.on('error', () => {}).resume();
    });
    await new Promise<void>(resolve => backend.listen(0, '127.0.0.1', resolve));
    runner.engine.targets.set(2, { host: '127.0.0.1', port: (backend.address() as AddressInfo).port });
    const opened = open(runner.port, `${PREFIX}v/2/ws`, { headers: { cookie }, origin: `http://${runner.host}` });
    await lookUntil(() => asked.length === 1, 'the app is asked');
    runner.engine.options?.sendAway(2);
    expect(await opened).toBe(410);
    await lookUntil(() => asked[0]?.destroyed, 'the app is not asked any more');
    await new Promise(resolve => backend.close(resolve));
  });

  it('of a page of another origin is refused', async () => {
    for (const origin of ['https://evil.example', 'null', `http://${runner.host}.evil.example`, 'http://127.0.0.1']) {
      expect(await open(runner.port, `${V1}ws`, { headers: { cookie }, origin })).toBe(403);
    }
    expect(seen).toEqual([]);
  });

  it('revocation closes it at once', async () => {
    const socket = await openAsViewer();
    const closed = new Promise(resolve => socket.on('close', resolve));
    await lookUntil(() => runner.service.streams === 1, 'the event stream is open');
    runner.service.send({ kind: 'ended', sessions: [id] });
    await closed;
    expect(runner.engine.options?.connections(1)).toBe(0);
  });

  it('is closed when a heartbeat learns that its session has ended', async () => {
    const socket = await openAsViewer();
    const closed = new Promise(resolve => socket.on('close', resolve));
    runner.service.ended = [id];
    clock.advance(4_000);
    await closed;
    expect(runner.service.heartbeats.at(-1)?.sessions).toEqual([id]);
  });

  it('to a version that is gone, and to pages of the runner, is refused', async () => {
    const options = { headers: { cookie }, origin: `http://${runner.host}` };
    expect(await open(runner.port, `${PREFIX}v/9/ws`, options)).toBe(410);
    expect(await open(runner.port, `${PREFIX}_dashboards/progress`, options)).toBe(404);
    expect(await open(runner.port, '/hub/ws', options)).toBe(404);
  });

  it('upgrades to other protocols, and with a body, are refused', async () => {
    const head = (lines: string): string =>
      `GET ${V1}ws HTTP/1.1\r\nHost: ${runner.host}\r\nCookie: ${cookie}\r\nConnection: Upgrade\r\n${lines}\r\n\r\n`;
    for (const lines of [
      'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
      'Upgrade: websocket\r\nContent-Length: 4',
      'Upgrade: websocket\r\nTransfer-Encoding: chunked',
      'Upgrade: websocket, h2c'
    ]) {
      expect(await callRaw(runner.port, `${head(lines)}body`)).toMatch(/^HTTP\/1\.1 400 /);
    }
    expect(seen).toEqual([]);
  });

  it('an app that does not switch gets no bytes beyond the head', async () => {
    let received = '';
    const accepted: Socket[] = [];
    const backend = createServer(socket => {
      accepted.push(socket);
      socket.on('error', () => {});
      socket.on('data', chunk => {
        received += String(chunk);
        socket.write('HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\nContent-Length: 2\r\n\r\nno');
      });
    });
    await new Promise<void>(resolve => backend.listen(0, '127.0.0.1', resolve));
    runner.engine.targets.set(2, { host: '127.0.0.1', port: (backend.address() as AddressInfo).port });
    const reply = await callRaw(
      runner.port,
      `GET ${PREFIX}v/2/ws HTTP/1.1\r\nHost: ${runner.host}\r\nCookie: ${cookie}\r\nConnection: Upgrade\r\n` +
        'Upgrade: websocket\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n'
    );
    expect(reply).toMatch(/^HTTP\/1\.1 200 /);
    expect(reply).toContain(`Set-Cookie: a=1; Path=${PREFIX}`);
    expect(reply).toMatch(/no$/);
    expect(received).not.toContain('smuggled');
    accepted.forEach(socket => socket.destroy());
    await new Promise(resolve => backend.close(resolve));
  });
});

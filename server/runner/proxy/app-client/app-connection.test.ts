import { request as httpRequest } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { call, callRaw } from '../../testing/http-call';
import { lookUntil } from '../../testing/look-until';
import { PREFIX, RunnerFixture } from '../../testing/runner-fixture';

const V1 = `${PREFIX}v/1/`;
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** An app that says what a test wants, byte by byte. */
class RawApp {
  /** Connections that it was asked on. */
  readonly sockets: Socket[] = [];
  received = '';
  /** What it does with each piece that comes. */
  answer: (socket: Socket, piece: string) => void = socket => void socket.write(OK);
  readonly #server: Server = createServer(socket => {
    this.sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', piece => {
      this.received += piece.toString('latin1');
      this.answer(socket, piece.toString('latin1'));
    });
  });

  get open(): number {
    return this.sockets.filter(socket => !socket.destroyed).length;
  }

  async listen(): Promise<number> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.sockets.forEach(socket => socket.destroy());
    this.#server.close();
  }
}

let runner: RunnerFixture;
let app: RawApp;
let cookie: string;

beforeEach(async () => {
  runner = await RunnerFixture.start();
  app = new RawApp();
  runner.engine.serve(1, await app.listen());
  ({ cookie } = await runner.signIn());
});
afterEach(async () => {
  await runner.stop();
  app.close();
});
const get = (rest = '', method = 'GET') => call(runner.port, V1 + rest, { method, headers: { cookie } });

describe('connections to an app', () => {
  it('are used again, one request at a time, and closed when nobody needs them', async () => {
    for (let n = 0; n < 3; n += 1) {
      expect(await get()).toMatchObject({ status: 200, body: 'ok' });
    }
    expect(app.sockets.length).toBe(1);
    const waiting: Socket[] = [];
    app.answer = socket => void waiting.push(socket);
    const replies = [get('a'), get('b')];
    await lookUntil(() => waiting.length === 2, 'both requests are there');
    expect(new Set(waiting).size).toBe(2);
    waiting.forEach(socket => socket.write(OK));
    expect((await Promise.all(replies)).map(({ body }) => body)).toEqual(['ok', 'ok']);
    await lookUntil(() => app.open === 0, 'idle connections are closed');
  });

  it('are not used again after a time in which the app may close them, however late they are closed here', async () => {
    expect(await get('', 'POST')).toMatchObject({ status: 200 });
    const now = performance.now();
    const clock = jest.spyOn(performance, 'now').mockReturnValue(now + 1_600);
    expect(await get('', 'POST')).toMatchObject({ status: 200 });
    clock.mockRestore();
    expect(app.sockets.length).toBe(2);
  });

  it.each([
    ['says so', `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok`],
    ['says more than it was asked for', `${OK}HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad`],
    ['is of the old kind', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok']
  ])('are not used again where the app %s', async (_name, reply) => {
    app.answer = socket => void socket.write(reply);
    expect(await get()).toMatchObject({ status: 200, body: 'ok' });
    expect(await get()).toMatchObject({ status: 200, body: 'ok' });
    expect(app.sockets.length).toBe(2);
  });

  it('serve others when clients leave while they are answered', async () => {
    const request = `GET ${V1} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`;
    let left = 0;
    app.answer = socket => {
      socket.write(OK);
      clients.forEach(client => client.resetAndDestroy());
    };
    const clients = Array.from({ length: 20 }, () => {
      const client = connect(runner.port, '127.0.0.1', () => client.write(request));
      client.on('close', () => (left += 1));
      return client;
    });
    await lookUntil(() => left === clients.length, 'all clients have left');
    app.answer = socket => void socket.write(OK);
    expect(await get()).toMatchObject({ status: 200, body: 'ok' });
  });

  it('are not used again where the app says something afterwards', async () => {
    expect(await get()).toMatchObject({ body: 'ok' });
    app.sockets[0]?.write('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad');
    await lookUntil(() => app.open === 0, 'the connection is closed');
    expect(await get()).toMatchObject({ body: 'ok' });
  });
});

describe('a request', () => {
  it('with effects is not repeated when the app breaks off', async () => {
    expect(await get('', 'POST')).toMatchObject({ status: 200 });
    app.received = '';
    app.answer = socket => void socket.destroy();
    expect(await get('', 'POST')).toMatchObject({ status: 503 });
    expect(app.received.match(/POST /g)).toHaveLength(1);
  });

  it('is not repeated on a new connection', async () => {
    app.answer = socket => void socket.destroy();
    expect(await get()).toMatchObject({ status: 503 });
    expect(app.received.match(/GET /g)).toHaveLength(1);
  });

  it('without a body says so where servers want to know', async () => {
    await callRaw(
      runner.port,
      `POST ${V1} HTTP/1.1\r\nHost: ${runner.host}\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`
    );
    expect(app.received).toMatch(/^POST .*\r\n(?:.*\r\n)*Content-Length: 0\r\n/);
    app.received = '';
    await get();
    expect(app.received).not.toMatch(/content-length/i);
  });

  it('keeps a chunked body chunked', async () => {
    app.answer = (socket, piece) => void (piece.endsWith('0\r\n\r\n') && socket.write(OK));
    const outgoing = httpRequest({
      port: runner.port,
      path: V1,
      method: 'PUT',
      headers: { cookie, 'transfer-encoding': 'chunked' },
      agent: false
    });
    const status = new Promise(resolve => outgoing.on('response', reply => resolve(reply.statusCode)));
    outgoing.write('one');
    await lookUntil(() => app.received.includes('3\r\none\r\n'), 'the first chunk');
    outgoing.end('three');
    expect(await status).toBe(200);
    expect(app.received).toMatch(/\r\nTransfer-Encoding: chunked\r\n[^]*\r\n\r\n3\r\none\r\n5\r\nthree\r\n0\r\n\r\n$/);
    expect(app.received).not.toMatch(/content-length/i);
  });
});

describe('an app that answers before it has the whole body', () => {
  it('is heard, and what follows on the connection of the client is understood', async () => {
    app.answer = (socket, piece) => {
      const refused = 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno';
      socket.write(piece.startsWith('POST') ? refused : OK);
      app.answer = other => void (other !== socket && other.write(OK));
    };
    const head = (method: string, more: string) =>
      `${method} ${V1} HTTP/1.1\r\nHost: ${runner.host}\r\nCookie: ${cookie}\r\n${more}\r\n`;
    const client = connect(runner.port, '127.0.0.1');
    let heard = '';
    client.on('data', piece => (heard += piece.toString()));
    client.write(`${head('POST', 'Content-Length: 1000000\r\n')}begin`);
    await lookUntil(() => heard.endsWith('\r\n\r\nno'), 'the early answer');
    client.write('x'.repeat(1_000_000 - 'begin'.length));
    client.write(head('GET', ''));
    await lookUntil(() => heard.endsWith('\r\n\r\nok'), 'the second answer');
    expect(app.received).not.toContain('x'.repeat(100));
    expect(app.sockets.length).toBe(2);
    client.destroy();
  });
});

describe('an app that speaks no HTTP', () => {
  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['nothing, and closes', '']
  ])('(%s) costs its viewer no more than this page', async (_name, text) => {
    app.answer = socket => void socket.end(text);
    expect((await get()).status).toBe(503);
    app.answer = socket => void socket.write(OK);
    expect(await get()).toMatchObject({ status: 200, body: 'ok' });
  });

  it('a reply that breaks its own rules on the way is cut off, and looks like that', async () => {
    app.answer = socket =>
      void socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nxyz\r\n');
    await expect(get()).rejects.toThrow();
    await lookUntil(() => app.open === 0, 'the connection is closed');
  });
});

it('long bodies of several viewers at a time do not get mixed up', async () => {
  // Readers that pause again and again, so that memory is held and given back in every order.
  const letters = ['a', 'b', 'c', 'd', 'e', 'f'];
  const size = 6_000_000;
  app.answer = (socket, piece) => {
    const letter = /GET \S*\/v\/1\/(\w)/.exec(piece)?.[1] ?? '?';
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
    socket.write(letter.repeat(size));
  };
  const wrong = await Promise.all(
    letters.map(
      letter =>
        new Promise<number>((resolve, reject) => {
          const path = `${V1}${letter}`;
          httpRequest({ port: runner.port, path, headers: { cookie }, agent: false }, reply => {
            let good = 0;
            reply.on('error', reject);
            reply.on('data', (piece: Buffer) => {
              good += piece.equals(Buffer.alloc(piece.length, letter)) ? piece.length : 0;
              reply.pause();
              setImmediate(() => reply.resume());
            });
            reply.on('end', () => resolve(size - good));
          })
            .on('error', reject)
            .end();
        })
    )
  );
  expect(wrong).toEqual(letters.map(() => 0));
});

import { createHash } from 'node:crypto';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net';

import { lookUntil, settled } from '../testing/look-until';
import { call, callRaw } from '../testing/http-call';
import { bodyOf, BOB, PAGE, PREFIX, RunnerFixture } from '../testing/runner-fixture';

const V3 = `${PREFIX}v/3/`;

describe('a signed-in request', () => {
  let runner: RunnerFixture;
  let cookie: string;
  let app: (request: IncomingMessage, response: ServerResponse) => void;

  beforeAll(async () => {
    runner = await RunnerFixture.start();
    await runner.serve(3, (request, response) => app(request, response));
    ({ cookie } = await runner.signIn());
  });
  afterAll(() => runner.stop());

  it('reaches the live version with path, body and duplicated headers unchanged', async () => {
    app = (request, response) => {
      response.setHeader('Set-Cookie', ['a=1; Path=/', 'b=2']);
      void bodyOf(request).then(body => response.end(JSON.stringify({ url: request.url, body })));
    };
    const path = `${V3}a%2Fb//c?x=%20&y`;
    const reply = await call(runner.port, path, { method: 'POST', body: 'hello', headers: { cookie } });
    expect(JSON.parse(reply.body)).toEqual({ url: path, body: 'hello' });
    expect(reply.headers['set-cookie']).toEqual([`a=1; Path=${PREFIX}`, 'b=2']);
  });

  it('tells the app who looks, and no secret', async () => {
    app = (request, response) => response.end(JSON.stringify(request.headers));
    const reply = await call(runner.port, V3, {
      headers: {
        cookie: `${cookie}; own=1; jupyterhub-session-id=s`,
        authorization: 'token 0123456789abcdef0123456789abcdef',
        'x-dashboards-user': 'root'
      }
    });
    const seen = JSON.parse(reply.body) as Record<string, string>;
    expect(seen).toMatchObject({
      cookie: 'own=1',
      host: runner.host,
      'x-dashboards-user': BOB.name,
      'x-dashboards-groups': 'sales,%C3%A9t%C3%A9',
      'x-forwarded-proto': 'http'
    });
    expect(seen).not.toHaveProperty('authorization');
  });

  it('leads navigations from the root and unknown paths to the live version, and nothing else', async () => {
    const at = async (path: string, headers: Record<string, string>): Promise<(string | number | undefined)[]> => {
      const reply = await call(runner.port, path, { headers: { cookie, ...headers } });
      return [reply.status, reply.headers.location];
    };
    expect(await at(`${PREFIX}`, PAGE)).toEqual([302, V3]);
    expect(await at(`${PREFIX}page/x?y=1`, PAGE)).toEqual([302, `${V3}page/x?y=1`]);
    expect(await at(PREFIX.slice(0, -1), PAGE)).toEqual([302, PREFIX]);
    expect(await at(`${PREFIX}data.json`, { accept: '*/*' })).toEqual([404, undefined]);
    expect(await at('/user/alice/', PAGE)).toEqual([404, undefined]);
  });

  it.each([
    ['HEAD', 200, { 'content-length': '5' }],
    ['GET', 204, {}],
    ['GET', 304, { etag: '"1"' }]
  ] as const)('%s with %d has no body and ends', async (method, status, headers) => {
    app = (_request, response) => response.writeHead(status, headers).end();
    const reply = await call(runner.port, V3, { method, headers: { cookie } });
    expect(reply).toMatchObject({ status, headers, body: '' });
  });

  it('streams server-sent events as they are made', async () => {
    let say: (text: string) => void = () => {};
    app = (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
      say = text => response.write(text);
    };
    const received: string[] = [];
    const outgoing = httpRequest({ port: runner.port, path: V3, headers: { cookie }, agent: false }, reply => {
      received.push(String(reply.statusCode));
      reply.on('data', (chunk: Buffer) => received.push(String(chunk)));
      reply.on('error', () => {});
    }).end();
    await lookUntil(() => received.length === 1, 'the head comes alone');
    say('data: 1\n\n');
    await lookUntil(() => received.length === 2, 'the first event');
    say('data: 2\n\n');
    await lookUntil(() => received.length === 3, 'the second event');
    expect(received).toEqual(['200', 'data: 1\n\n', 'data: 2\n\n']);
    outgoing.destroy();
  });

  it('keeps its place among others on one connection, across a change of versions too', async () => {
    let finish: () => void = () => {};
    app = (_request, response) => (finish = () => response.end('of version 3'));
    const ask = (path: string, more = '') =>
      `GET ${path} HTTP/1.1\r\nHost: ${runner.host}\r\nCookie: ${cookie}\r\n${more}\r\n`;
    const V4 = `${PREFIX}v/4/`;
    const newer = await runner.backend((_request, response) => {
      response.end('of version 4');
      finish();
    });
    runner.engine.targets.set(4, { host: '127.0.0.1', port: (newer.address() as AddressInfo).port });
    const replies = await callRaw(runner.port, ask(V3) + ask(V4, 'Connection: close\r\n'));
    expect(replies.match(/of version \d/g)).toEqual(['of version 3', 'of version 4']);
    expect(replies.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  });

  it('has its event stream ended in order when the version ends, and its download finished', async () => {
    const size = 3_000_000;
    let finish: () => void = () => {};
    app = (request, response) => {
      if (request.url?.endsWith('/events')) {
        response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' }).write('data: 1\n\n');
      } else {
        response.writeHead(200, { 'Content-Length': size }).write('x');
        finish = () => response.end(Buffer.alloc(size - 1, 'x'));
      }
    };
    const stream = call(runner.port, `${V3}events`, { headers: { cookie } });
    const download = call(runner.port, `${V3}download`, { headers: { cookie } });
    await lookUntil(() => runner.engine.options?.connections(3) === 2, 'both are under way');
    await settled(() => runner.engine.options?.connections(3) ?? 0);
    runner.engine.options?.sendAway(3);
    expect(await stream).toMatchObject({ status: 200, body: 'data: 1\n\n' });
    await lookUntil(() => runner.engine.options?.connections(3) === 1, 'the stream is not counted any more');
    finish();
    expect((await download).body.length).toBe(size);
  });

  it('passes uploads on while they come', async () => {
    const received: string[] = [];
    app = (request, response) => {
      request.on('data', (chunk: Buffer) => received.push(String(chunk)));
      request.on('end', () => response.end('done'));
    };
    const outgoing = httpRequest({ port: runner.port, path: V3, method: 'PUT', headers: { cookie }, agent: false });
    const reply = new Promise<IncomingMessage>(resolve => outgoing.on('response', resolve));
    outgoing.write('one');
    await lookUntil(() => received.join('') === 'one', 'the first part arrives before the last is sent');
    outgoing.end('two');
    expect(await bodyOf(await reply)).toBe('done');
    expect(received.join('')).toBe('onetwo');
  });

  it('carries a large body both ways unharmed', async () => {
    const body = Buffer.alloc(8_000_000, 'abcdefg');
    app = (request, response) => request.pipe(response);
    const reply = await call(runner.port, V3, { method: 'POST', body, headers: { cookie } });
    const hash = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');
    expect(hash(reply.body)).toBe(hash(body));
  });

  it('stops reading from the app while the client does not read', async () => {
    let written = 0;
    app = (_request, response) => {
      const chunk = Buffer.alloc(256_000);
      const more = (): void => {
        while (written < 400_000_000) {
          written += chunk.length;
          if (!response.write(chunk)) {
            response.once('drain', more);
            return;
          }
        }
        response.end();
      };
      more();
    };
    const socket = connect(runner.port, '127.0.0.1');
    socket.write(`GET ${V3} HTTP/1.1\r\nHost: ${runner.host}\r\nCookie: ${cookie}\r\n\r\n`);
    await new Promise(resolve => socket.once('readable', resolve));
    await settled(() => written);
    expect(written).toBeLessThan(50_000_000);
    socket.destroy();
  });

  it('an aborted client aborts the request to the app', async () => {
    let aborted = false;
    let arrived = false;
    app = (_request, response) => {
      arrived = true;
      response.on('close', () => (aborted = true));
      response.write('never ending');
    };
    const outgoing = httpRequest({ port: runner.port, path: V3, headers: { cookie }, agent: false }).end();
    outgoing.on('error', () => {});
    await lookUntil(() => arrived, 'the app has the request');
    expect(runner.engine.options?.connections(3)).toBe(1);
    outgoing.destroy();
    await lookUntil(() => aborted, 'the app sees the end');
    await lookUntil(() => runner.engine.options?.connections(3) === 0, 'the connection is not counted any more');
  });

  it('an aborted upload does not reach the app as a whole one', async () => {
    let ended = false;
    let closed = false;
    app = request => {
      request.on('data', () => {});
      request.on('end', () => (ended = true));
      request.on('close', () => (closed = true));
      request.on('error', () => {});
    };
    const socket = connect(runner.port, '127.0.0.1');
    socket.write(`POST ${V3} HTTP/1.1\r\nHost: ${runner.host}\r\nCookie: ${cookie}\r\nContent-Length: 100\r\n\r\nhalf`);
    await lookUntil(() => runner.engine.options?.connections(3) === 1, 'the request is under way');
    socket.destroy();
    await lookUntil(() => closed || runner.engine.options?.connections(3) === 0, 'the request ends');
    expect(ended).toBe(false);
  });

  it('half a reply does not look like a whole one', async () => {
    app = (_request, response) => {
      response.write('half');
      setImmediate(() => response.destroy());
    };
    await expect(call(runner.port, V3, { headers: { cookie } })).rejects.toThrow();
  });

  it('answers "Expect: 100-continue" only to viewers', async () => {
    app = (request, response) => void bodyOf(request).then(body => response.end(body));
    const tryUpload = (headers: Record<string, string>): Promise<[boolean, number]> =>
      new Promise(resolve => {
        let continued = false;
        const outgoing = httpRequest({
          port: runner.port,
          path: V3,
          method: 'PUT',
          agent: false,
          headers: { ...headers, expect: '100-continue', 'content-length': '4' }
        });
        outgoing.on('continue', () => {
          continued = true;
          outgoing.end('data');
        });
        outgoing.on('response', reply => {
          resolve([continued, reply.statusCode ?? 0]);
          outgoing.destroy();
        });
        outgoing.on('error', () => {});
        outgoing.flushHeaders();
      });
    expect(await tryUpload({ cookie })).toEqual([true, 200]);
    expect(await tryUpload({})).toEqual([false, 401]);
  });

  it('cutOff ends what a version has open', async () => {
    let arrived = false;
    app = (_request, response) => {
      arrived = true;
      response.write('open');
    };
    const reply = call(runner.port, V3, { headers: { cookie } });
    const failed = expect(reply).rejects.toThrow();
    await lookUntil(() => arrived, 'the app has the request');
    runner.engine.options?.cutOff(3);
    await failed;
    expect(runner.engine.options?.connections(3)).toBe(0);
  });

  it('the end of a session lets a reply that has begun come to its end, and cuts off one that has none', async () => {
    const { cookie: other, id } = await runner.signIn();
    const begun: ServerResponse[] = [];
    app = (_request, response) => {
      response.writeHead(200).write('begun ');
      begun.push(response);
    };
    const finite = call(runner.port, `${V3}finite`, { headers: { cookie: other } });
    await lookUntil(() => begun.length === 1, 'the first request');
    const endless = expect(call(runner.port, `${V3}endless`, { headers: { cookie: other } })).rejects.toThrow();
    await lookUntil(() => begun.length === 2, 'the second request');
    const open = await new Promise<IncomingMessage>(resolve =>
      httpRequest({ port: runner.port, path: V3, headers: { cookie: other }, agent: false }, resolve).end()
    );
    open.on('error', () => {});
    await lookUntil(() => runner.service.streams === 1, 'the event stream is open');
    runner.service.send({ kind: 'ended', sessions: [id] });
    await lookUntil(() => runner.engine.options?.connections(3) === 0, 'nothing of the session is counted any more');
    begun[0]?.end('and ended');
    expect(await finite).toMatchObject({ status: 200, body: 'begun and ended' });
    await endless;
    expect((await call(runner.port, V3, { headers: { cookie: other } })).status).toBe(401);
  });

  it('a version that is gone: navigations go to the live one, sub-requests get 410', async () => {
    const page = await runner.open(cookie, 'v/2/page?x=1');
    expect([page.status, page.headers.location]).toEqual([302, `${V3}page?x=1`]);
    expect((await call(runner.port, `${PREFIX}v/2/data`, { headers: { cookie } })).status).toBe(410);
  });
});

describe('an app that fails', () => {
  let runner: RunnerFixture;
  let cookie: string;

  beforeAll(async () => {
    runner = await RunnerFixture.start();
    ({ cookie } = await runner.signIn());
  });
  afterAll(() => runner.stop());

  it('that does not listen gives the progress page to navigations and 503 to the rest', async () => {
    const server = await runner.serve(1, () => {});
    await new Promise(resolve => server.close(resolve));
    const page = await runner.open(cookie, 'v/1/');
    expect(page.status).toBe(503);
    expect(page.body).toContain('id="progress"');
    expect((await call(runner.port, `${PREFIX}v/1/x`, { headers: { cookie } })).status).toBe(503);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('that closes idle connections as they are used again costs no request', async () => {
    let connections = 0;
    const server = createTcpServer(socket => {
      connections += 1;
      let first = true;
      socket.on('error', () => {});
      socket.on('data', () => {
        if (first) {
          first = false;
          socket.write('HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok');
        } else {
          socket.destroy();
        }
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    runner.engine.serve(2, (server.address() as AddressInfo).port);
    const statuses: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      statuses.push((await call(runner.port, `${PREFIX}v/2/`, { headers: { cookie } })).status);
    }
    expect(statuses).toEqual([200, 200, 200]);
    expect(connections).toBeGreaterThan(1);
    await new Promise(resolve => server.close(resolve));
  });
});

import { createServer, type AddressInfo, type Server } from 'node:net';

import { call, callRaw } from '../testing/http-call';
import { PREFIX, RunnerFixture } from '../testing/runner-fixture';

const V1 = `${PREFIX}v/1/`;

// The backend keeps every byte that it is sent, and answers each head once.
describe('request smuggling', () => {
  let runner: RunnerFixture;
  let backend: Server;
  let received = '';
  let cookie: string;

  beforeAll(async () => {
    backend = createServer(socket => {
      socket.on('error', () => {});
      socket.on('data', chunk => {
        received += chunk.toString('latin1');
        if (received.includes('\r\n\r\n')) {
          socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok');
        }
      });
    });
    await new Promise<void>(resolve => backend.listen(0, '127.0.0.1', resolve));
    runner = await RunnerFixture.start();
    runner.engine.serve(1, (backend.address() as AddressInfo).port);
    ({ cookie } = await runner.signIn());
  });
  afterAll(async () => {
    await runner.stop();
    await new Promise(resolve => backend.close(resolve));
  });
  beforeEach(() => {
    received = '';
  });

  const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
  const head = (lines: string, method = 'POST', target = V1): string =>
    `${method} ${target} HTTP/1.1\r\nHost: ${runner.host}\r\nCookie: ${cookie}\r\n${lines}\r\n\r\n`;

  it.each([
    ['CL.TE', `Content-Length: ${smuggled.length + 5}\r\nTransfer-Encoding: chunked`, `0\r\n\r\n${smuggled}`],
    ['TE.CL', 'Transfer-Encoding: chunked\r\nContent-Length: 4', `2c\r\n${smuggled}\r\n0\r\n\r\n`],
    ['two lengths', 'Content-Length: 0\r\nContent-Length: 40', smuggled],
    ['a list of lengths', 'Content-Length: 0, 40', smuggled],
    ['a signed length', 'Content-Length: +5', smuggled],
    ['a hexadecimal length', 'Content-Length: 0x5', smuggled],
    ['obs-fold', 'X-A: 1\r\n Content-Length: 40', smuggled],
    ['a folded encoding', 'Transfer-Encoding:\r\n chunked', `0\r\n\r\n${smuggled}`],
    ['space before the colon', 'Transfer-Encoding : chunked', `0\r\n\r\n${smuggled}`],
    ['an unknown encoding', 'Transfer-Encoding: xchunked', `0\r\n\r\n${smuggled}`],
    ['chunked not last', 'Transfer-Encoding: chunked, identity', `0\r\n\r\n${smuggled}`],
    ['two encodings', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', `0\r\n\r\n${smuggled}`],
    ['a vertical tab in the encoding', 'Transfer-Encoding: \x0bchunked', `0\r\n\r\n${smuggled}`],
    ['a bare CR', 'X-A: 1\rTransfer-Encoding: chunked', `0\r\n\r\n${smuggled}`],
    ['a second Host', 'Host: evil.example', ''],
    ['a null byte', 'X-A: 1\0Transfer-Encoding: chunked', '']
  ])('%s: is refused, or reaches the app as one request', async (_name, lines, body) => {
    const reply = await callRaw(runner.port, head(`${lines}\r\nConnection: close`) + body);
    expect(received).not.toMatch(/^GET \/smuggled/m);
    expect(received.match(/HTTP\/1\.1\r\n/g)?.length ?? 0).toBeLessThanOrEqual(1);
    if (received === '') {
      expect(reply).toMatch(/^HTTP\/1\.1 (?:4\d\d|501) /);
    }
  });

  it('underscores for hyphens in framing headers do not reach the app', async () => {
    await callRaw(runner.port, head('Content_Length: 40\r\nTransfer_Encoding: chunked\r\nConnection: close', 'GET'));
    expect(received).toMatch(/^GET /);
    expect(received).not.toMatch(/content_length|transfer_encoding/i);
  });

  it('host confusion: absolute-form and authority in the target are refused', async () => {
    for (const target of ['http://evil.example/', `http://127.0.0.1:1${V1}`, '//evil.example/', `@evil.example${V1}`]) {
      const reply = await callRaw(runner.port, head('Connection: close', 'GET', target));
      expect(reply).toMatch(/^HTTP\/1\.1 40[04] /);
    }
    expect(received).toBe('');
  });

  it('SSRF: the Host header does not choose where a request goes', async () => {
    const reply = await call(runner.port, V1, { headers: { cookie, host: '169.254.169.254' } });
    expect(reply.body).toBe('ok');
    expect(received).toContain('169.254.169.254');
  });

  it('a pipelined second request needs its own session', async () => {
    const reply = await callRaw(
      runner.port,
      `${head('', 'GET').trimEnd()}\r\n\r\nGET ${V1}second HTTP/1.1\r\nHost: ${runner.host}\r\nConnection: close\r\n\r\n`
    );
    expect(reply.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 401']);
    expect(received).not.toContain('second');
  });

  it('CONNECT opens nothing', async () => {
    const reply = await callRaw(runner.port, 'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\n');
    expect(reply).not.toMatch(/ 200 /);
  });

  it('TRACE, which would show cookies to scripts, is refused', async () => {
    expect(await callRaw(runner.port, head('Connection: close', 'TRACE'))).toMatch(/^HTTP\/1\.1 400 /);
    expect(received).toBe('');
  });
});

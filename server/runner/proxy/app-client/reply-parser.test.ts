import { request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';

import fc from 'fast-check';

import { ReplyParser } from './reply-parser';

/** What a reader makes of a reply. */
interface Read {
  status: number;
  reason: string;
  headers: string[];
  body: string;
}

/** The reply in pieces, and then the end of the connection; null where it is refused, or where it is not whole. */
function read(pieces: readonly string[], method = 'GET'): (Read & { persistent: boolean }) | null {
  const found = { status: 0, reason: '', headers: [] as string[], body: '', persistent: false };
  let ended = false;
  const parser = new ReplyParser(method, {
    head: (status, reason, headers) => Object.assign(found, { status, reason, headers: headers.flat() }),
    data: piece => (found.body += piece.toString('latin1')),
    end: () => (ended = true)
  });
  try {
    pieces.forEach(piece => parser.read(Buffer.from(piece, 'latin1')));
    found.persistent = parser.persistent;
    parser.closed();
  } catch {
    return null;
  }
  expect(ended).toBe(true);
  return found;
}

/** The same by Node's own client. */
async function readByNode(reply: string, method = 'GET'): Promise<Read | null> {
  const server = createServer(socket => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(reply, 'latin1'));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  try {
    return await new Promise<Read | null>(resolve => {
      const { port } = server.address() as AddressInfo;
      request({ host: '127.0.0.1', port, method, agent: false }, answer => {
        let body = '';
        answer.setEncoding('latin1');
        answer.on('data', piece => (body += piece));
        answer.on('error', () => resolve(null));
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            reason: answer.statusMessage ?? '',
            headers: answer.rawHeaders,
            body
          })
        );
      })
        .on('error', () => resolve(null))
        .end();
    });
  } finally {
    server.close();
  }
}

const OK = 'HTTP/1.1 200 OK\r\n';
const chunked = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

const REPLIES: Record<string, string> = {
  'a length': `${OK}Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello`,
  'no body by its length': `${OK}Content-Length: 0\r\n\r\n`,
  'no reason': 'HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\nx',
  'no reason and no space': 'HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx',
  'bytes beyond ASCII in a header': `${OK}X: \xc3\xa0 \xa0\xe4\xa0\r\nContent-Length: 1\r\n\r\nx`,
  'blanks around values': `${OK}X: \t a  b\t \r\nContent-Length:   1  \r\n\r\nx`,
  'an empty value': `${OK}X:\r\nContent-Length: 1\r\n\r\nx`,
  'one name twice': `${OK}Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 1\r\n\r\nx`,
  'until the end of the connection': `${OK}Content-Type: text/plain\r\n\r\nhello`,
  'HTTP/1.0': 'HTTP/1.0 200 OK\r\n\r\nhello',
  'HTTP/1.0 that stays open': 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok',
  'not modified, with a length': 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
  'no content': 'HTTP/1.1 204 No Content\r\n\r\n',
  'early hints before it': `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}Content-Length: 1\r\n\r\nx`,
  'one chunk': `${chunked}5\r\nhello\r\n0\r\n\r\n`,
  chunks: `${chunked}5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n`,
  'chunks with extensions and trailers': `${chunked}5;a=b\r\nhello\r\n0;c\r\nX: 1\r\nY: 2\r\n\r\n`,
  'nothing in chunks': `${chunked}0\r\n\r\n`,
  'the word in capitals': `${OK}TRANSFER-ENCODING: Chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n`,
  'too short a body': `${OK}Content-Length: 5\r\n\r\nhell`,
  'no last chunk': `${chunked}5\r\nhello\r\n`,
  'half a head': `${OK}Content-Le`,
  'nothing at all': '',
  'no HTTP': 'SSH-2.0-OpenSSH_9.2\r\n\r\n',
  'HTTP/2': 'HTTP/2 200 OK\r\nContent-Length: 1\r\n\r\nx',
  'a status of two digits': 'HTTP/1.1 20 OK\r\nContent-Length: 1\r\n\r\nx',
  'a status of four digits': 'HTTP/1.1 2000 OK\r\nContent-Length: 1\r\n\r\nx',
  'a name with a blank': `${OK}A b: 1\r\nContent-Length: 1\r\n\r\nx`,
  'a blank before the colon': `${OK}Content-Length : 1\r\n\r\nx`,
  'no colon': `${OK}Content-Length\r\n\r\nx`,
  'no name': `${OK}: 1\r\nContent-Length: 1\r\n\r\nx`,
  'a folded header': `${OK}X: a\r\n b\r\nContent-Length: 1\r\n\r\nx`,
  'a null byte': `${OK}X: a\0b\r\nContent-Length: 1\r\n\r\nx`,
  'another control character': `${OK}X: a\x01b\r\nContent-Length: 1\r\n\r\nx`,
  'a deletion': `${OK}X: a\x7fb\r\nContent-Length: 1\r\n\r\nx`,
  'a name beyond ASCII': `${OK}X\xe4: 1\r\nContent-Length: 1\r\n\r\nx`,
  'a bare CR in a header': `${OK}X: a\rb\r\nContent-Length: 1\r\n\r\nx`,
  'two lengths': `${OK}Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy`,
  'the same length twice': `${OK}Content-Length: 1\r\nContent-Length: 1\r\n\r\nx`,
  'a list of lengths': `${OK}Content-Length: 1, 1\r\n\r\nx`,
  'a signed length': `${OK}Content-Length: +1\r\n\r\nx`,
  'a hexadecimal length': `${OK}Content-Length: 0x1\r\n\r\nx`,
  'a length beyond counting': `${OK}Content-Length: 99999999999999999999\r\n\r\nx`,
  'a length and chunks': `${OK}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n`,
  'a chunk without a size': `${chunked}\r\nhello\r\n0\r\n\r\n`,
  'a chunk longer than its size': `${chunked}4\r\nhello\r\n0\r\n\r\n`,
  'a chunk shorter than its size': `${chunked}6\r\nhello\r\n0\r\n\r\n`,
  'a size with a sign': `${chunked}-5\r\nhello\r\n0\r\n\r\n`,
  'a size that is no number': `${chunked}5g\r\nhello\r\n0\r\n\r\n`,
  'a size beyond counting': `${chunked}fffffffffffffffffff\r\nhello`,
  'a bare LF after a size': `${chunked}5\nhello\r\n0\r\n\r\n`,
  'a bare LF after a chunk': `${chunked}5\r\nhello\n0\r\n\r\n`
};

describe('a reply is read as Node reads it', () => {
  it.each(Object.keys(REPLIES))('%s', async name => {
    const reply = REPLIES[name] ?? '';
    const expected = await readByNode(reply);
    const whole = read([reply]);
    expect(whole).toEqual(expected && { ...expected, persistent: whole?.persistent });
    // Wherever it is cut, and byte by byte.
    for (let at = 1; at < reply.length; at += 1) {
      expect(read([reply.slice(0, at), reply.slice(at)])).toEqual(whole);
    }
    expect(read([...reply])).toEqual(whole);
  });

  it('what answers HEAD has no body, whatever its head says', async () => {
    const reply = `${OK}Content-Length: 5\r\n\r\n`;
    expect(read([reply], 'HEAD')).toEqual({ ...(await readByNode(reply, 'HEAD')), persistent: true });
  });
});

describe('stricter than Node', () => {
  it.each([
    ['another encoding on the way', `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n`],
    ['another protocol that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
    ['a head without end', `${OK}${'X: y\r\n'.repeat(20_000)}`],
    ['a line without end between chunks', `${chunked}5;${'x'.repeat(20_000)}`],
    ['trailers without end', `${chunked}0\r\n${'X: y\r\n'.repeat(20_000)}`]
  ])('%s is refused', (_name, reply) => {
    expect(read([reply])).toBeNull();
    expect(read(reply.match(/[^]{1,1000}/g) ?? [])).toBeNull();
  });
});

describe('a connection may be used again', () => {
  it.each([
    [true, `${OK}Content-Length: 1\r\n\r\nx`],
    [true, `${chunked}1\r\nx\r\n0\r\n\r\n`],
    [true, 'HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx'],
    [false, 'HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx'],
    [false, `${OK}Connection: x, Close\r\nContent-Length: 1\r\n\r\nx`],
    [false, `${OK}Content-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\ny`],
    [false, `${OK}\r\nx`]
  ])('%s after %j', (persistent, reply) => {
    expect(read([reply])).toMatchObject({ body: 'x', persistent });
  });
});

it('any body arrives unharmed, however it is cut and framed', () => {
  const cut = (text: string, places: readonly number[]): string[] => {
    const at = [0, ...places.map(place => place % (text.length + 1)).sort((one, other) => one - other), text.length];
    return at.slice(1).map((end, n) => text.slice(at[n], end));
  };
  const bytes = fc.uint8Array({ maxLength: 300 }).map(array => Buffer.from(array).toString('latin1'));
  const places = fc.array(fc.nat(400), { maxLength: 12 });
  fc.assert(
    fc.property(bytes, places, places, (body, chunks, pieces) => {
      const parts = cut(body, chunks).filter(part => part !== '');
      const framed = parts.map(part => `${part.length.toString(16)}\r\n${part}\r\n`).join('');
      for (const reply of [`${OK}Content-Length: ${body.length}\r\n\r\n${body}`, `${chunked}${framed}0\r\n\r\n`]) {
        expect(read(cut(reply, pieces))).toMatchObject({ status: 200, body, persistent: true });
      }
    }),
    { numRuns: 300 }
  );
});

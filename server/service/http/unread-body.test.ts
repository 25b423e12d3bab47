import { createServer, request, type ClientRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { readToEnd } from './unread-body';

let server: Server;
let client: ClientRequest;
let read: Promise<boolean>;

/** Sends `parts` to a server that reads to the end, and leaves the request open unless it is told to end it. */
async function send(parts: string[], { end = true, maxBytes = 10_000, maxMs = 60_000 } = {}): Promise<boolean> {
  const asked = new Promise<void>(resolve => {
    server = createServer((incoming, reply) => {
      read = readToEnd(incoming, maxBytes, maxMs);
      void read.then(() => reply.end());
      resolve();
    });
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  client = request({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', method: 'POST' });
  client.on('error', () => undefined);
  client.flushHeaders();
  parts.forEach(part => client.write(part));
  if (end) {
    client.end();
  }
  await asked;
  return read;
}
afterEach(() => {
  client.destroy();
  server.close();
  server.closeAllConnections();
});

describe('a body that nobody wants', () => {
  it('is read to its end', async () => {
    expect(await send(['x'.repeat(4_000), 'y'.repeat(4_000)])).toBe(true);
  });

  it('is given up when it is larger than is worth reading', async () => {
    expect(await send(['x'.repeat(8_000), 'y'.repeat(8_000)], { end: false })).toBe(false);
  });

  it('is given up when it does not come', async () => {
    expect(await send(['x'], { end: false, maxMs: 20 })).toBe(false);
  });

  it('is given up when whoever sends it goes', async () => {
    const reading = send(['x'], { end: false });
    await new Promise<void>(resolve => server.once('request', () => resolve()));
    client.destroy();
    expect(await reading).toBe(false);
  });
});

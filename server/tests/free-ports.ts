import { createServer, type Server } from 'node:net';

/** Linux gives out none of these by itself, unless it is told otherwise; the service of a hub takes one from 20000 on. */
const FIRST = 10_000;
const COUNT = 10_000;

/**
 * Free ports of 127.0.0.1, for programs that cannot be asked which ones they took. They stay free until those listen, which
 * may take seconds: nobody is given one of them meanwhile who does not ask for it, and whoever draws them as here draws others.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    const server = ports.includes(port) ? null : await listening(port);
    if (server) {
      ports.push(port);
      await new Promise(closed => server.close(closed));
    }
  }
  return ports;
}

function listening(port: number): Promise<Server | null> {
  const server = createServer();
  return new Promise(done => {
    server.once('error', () => done(null));
    server.listen(port, '127.0.0.1', () => done(server));
  });
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/** Answers what the listener receives. */
export interface Handlers {
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** A server that accepts connections before it is known how to answer them: early requests wait for `serve`. */
export interface Listener {
  readonly port: number;
  serve(handlers: Handlers): void;
  /** Stops listening and destroys every connection, upgraded ones included. */
  close(): Promise<void>;
}

const MAX_HEADER_BYTES = 65_536;

/** Listens at once. Rejects when the address cannot be bound. */
export function listen(address: { host: string; port: number }): Promise<Listener> {
  // Node's own limit for a whole request would end long uploads; the limit for its head stays.
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    requestTimeout: 0,
    headersTimeout: 60_000,
    keepAliveTimeout: 75_000,
    insecureHTTPParser: false
  });
  let handlers: Handlers | null = null;
  const early: ((handlers: Handlers) => void)[] = [];
  const handle = (task: (handlers: Handlers) => void): void => {
    if (handlers === null) {
      early.push(task);
    } else {
      task(handlers);
    }
  };
  const request = (incoming: IncomingMessage, response: ServerResponse): void =>
    handle(to => to.request(incoming, response));
  server.on('request', request);
  // With this listener Node leaves "100 Continue" to us: nobody uploads a body that will be refused.
  server.on('checkContinue', request);
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) =>
    handle(to => to.upgrade(incoming, socket, head))
  );
  const sockets = trackSockets(server);

  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, () => {
      server.removeListener('error', reject);
      resolve({
        port: (server.address() as AddressInfo).port,
        serve(to) {
          handlers = to;
          early.splice(0).forEach(task => task(to));
        },
        close: () =>
          new Promise(closed => {
            server.close(() => closed());
            sockets.forEach(socket => socket.destroy());
          })
      });
    });
  });
}

function trackSockets(server: Server): Set<Duplex> {
  const sockets = new Set<Duplex>();
  server.on('connection', (socket: Duplex) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

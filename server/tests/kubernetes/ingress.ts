import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way into the cluster: connections to a port of this machine go on to where something listens there. */
export interface Ingress {
  port: number;
  close(): Promise<void>;
}

/**
 * Load balancers of clouds cut off a connection on which nothing has come for a minute. Here that ends what would never end:
 * a request whose server was killed in the middle of its answer is left open by configurable-http-proxy.
 */
const IDLE_MS = 40_000;

export interface Target {
  host: string;
  port: number;
}

/**
 * @param target - of each connection
 * @param options.host - the address of this machine
 */
export async function openIngress(
  target: () => Target,
  { idleMs = IDLE_MS, host = '127.0.0.1' }: { idleMs?: number; host?: string } = {}
): Promise<Ingress> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, client => {
    const proxy = connect({ ...target(), allowHalfOpen: true });
    for (const [one, other] of [
      [client, proxy],
      [proxy, client]
    ] as const) {
      open.add(one);
      one.pipe(other);
      one.once('error', () => other.destroy());
      one.once('close', () => open.delete(one));
    }
    // What goes either way passes both.
    client.setTimeout(idleMs, () => {
      client.destroy();
      proxy.destroy();
    });
  });
  await new Promise<void>(listening => server.listen(0, host, listening));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise(done => server.close(done));
      open.forEach(socket => socket.destroy());
      await closed;
    }
  };
}

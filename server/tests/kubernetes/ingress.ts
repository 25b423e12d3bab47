import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** The way of browsers into the cluster: connections to a port of this machine go on to where the proxy is. */
export interface Ingress {
  port: number;
  close(): Promise<void>;
}

export async function openIngress(target: { host: string; port: number }): Promise<Ingress> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, client => {
    const proxy = connect({ ...target, allowHalfOpen: true });
    for (const [one, other] of [
      [client, proxy],
      [proxy, client]
    ] as const) {
      open.add(one);
      one.pipe(other);
      one.once('error', () => other.destroy());
      one.once('close', () => open.delete(one));
    }
  });
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise(done => server.close(done));
      open.forEach(socket => socket.destroy());
      await closed;
    }
  };
}

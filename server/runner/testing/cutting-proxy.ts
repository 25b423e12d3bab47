import { connect, createServer, type AddressInfo, type Server } from 'node:net';

/** A way to a port of this machine that breaks: each connection ends after so many bytes from the client. */
export class CuttingProxy {
  /** Bytes that came from clients. */
  passed = 0;
  cuts = 0;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /**
   * @param limit - for each further connection; null: it is not cut.
   * @param passing - told how much has come, before the last of it is passed on.
   */
  static async start(
    to: number,
    limit: () => number | null,
    passing: (bytes: number) => unknown = () => undefined
  ): Promise<CuttingProxy> {
    const server = createServer(client => {
      let left = limit();
      const target = connect(to, '127.0.0.1');
      const end = (): void => {
        client.destroy();
        target.destroy();
      };
      client.on('data', chunk => {
        const part = left === null ? chunk : chunk.subarray(0, left);
        proxy.passed += part.length;
        passing(proxy.passed);
        target.write(part);
        left = left === null ? null : left - part.length;
        if (left === 0) {
          proxy.cuts += 1;
          left = -1;
          // What was passed on arrives: it is the rest that is lost.
          target.end();
          client.destroy();
        }
      });
      target.on('data', chunk => client.write(chunk));
      for (const socket of [client, target]) {
        socket.on('error', end);
      }
      target.on('close', () => client.destroy());
      client.on('end', () => target.end());
    });
    const proxy = new CuttingProxy(server);
    await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    return new Promise(closed => this.#server.close(() => closed()));
  }
}

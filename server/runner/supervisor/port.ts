import { createServer } from 'node:net';

/** A port of 127.0.0.1 that nobody listened on a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address) {
          resolve(address.port);
        } else {
          reject(new Error('no port was given'));
        }
      });
    });
  });
}

/** Somebody was faster than the app, and must not be given its viewers, nor prove its version. */
export class PortTaken extends Error {
  constructor() {
    super('another program listens on the port of the app');
  }
}

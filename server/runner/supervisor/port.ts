import { readFileSync } from 'node:fs';
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

const LISTENING = '0A';

/**
 * Whether another user of the machine listens on this port: somebody may have been faster than the app, and must not
 * be given its viewers. False where the kernel does not tell.
 */
export function takenByStranger(port: number, uid: number | undefined = process.getuid?.()): boolean {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const owners: number[] = [];
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    let lines: string[];
    try {
      lines = readFileSync(table, 'utf8').split('\n').slice(1);
    } catch {
      continue;
    }
    for (const line of lines) {
      const fields = line.trim().split(/\s+/);
      if (fields[1]?.endsWith(`:${wanted}`) && fields[3] === LISTENING) {
        owners.push(Number(fields[7]));
      }
    }
  }
  return owners.length > 0 && uid !== undefined && !owners.includes(uid);
}

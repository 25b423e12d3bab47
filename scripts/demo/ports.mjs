import { createServer } from 'node:net';

/** Linux gives out none of these by itself, unless it is told otherwise; the service of a hub takes one from 20000 on. */
const FIRST = 10_000;
const COUNT = 10_000;

/**
 * Free ports of the loopback address, which nobody is given until the programs listen that they are for.
 *
 * @param {number} count
 * @returns {Promise<number[]>}
 */
export async function freePorts(count) {
  const ports = [];
  while (ports.length < count) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (!ports.includes(port) && (await isFree(port))) {
      ports.push(port);
    }
  }
  return ports;
}

/** Whether nobody listens on a port of the loopback address. */
export async function isFree(port) {
  try {
    const server = await listen(port);
    await new Promise(resolve => server.close(resolve));
    return true;
  } catch {
    return false;
  }
}

function listen(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

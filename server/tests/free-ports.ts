import { createServer, type AddressInfo, type Server } from 'node:net';

/**
 * Ports of 127.0.0.1 that nobody listened on a moment ago, for programs that cannot be asked which ones they took. All
 * are held until the last one is known, so that no two are the same.
 */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listening));
  const ports = servers.map(server => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(server => new Promise(done => server.close(done))));
  return ports;
}

function listening(): Promise<Server> {
  const server = createServer();
  return new Promise(done => server.listen(0, '127.0.0.1', () => done(server)));
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { userPython } from '../testing/user-python';
import { freePort } from './port';
import { holderOf } from './port-holder';
import { MARKER } from './process-tree';

const marker = `test.${process.pid}.${Date.now()}`;
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    const gone = once(child, 'close');
    child.stdin?.end();
    await gone;
  }
});

const LISTEN = `
import os, socket, sys
port, family, address = int(sys.argv[1]), getattr(socket, sys.argv[2]), sys.argv[3]
def listen():
    server = socket.socket(family)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    server.bind((address, port))
    server.listen()
    return server
`;
const WAIT = 'print("up", flush=True); sys.stdin.read()';

/** Starts a program that listens, as part of the app or not, until its input ends; its number. */
async function listener(
  port: number,
  { app, address = '127.0.0.1', code = `kept = listen()\n${WAIT}` }: { app: boolean; address?: string; code?: string }
): Promise<number> {
  const family = address.includes(':') ? 'AF_INET6' : 'AF_INET';
  const child = spawn(userPython(), ['-c', LISTEN + code, String(port), family, address], {
    env: app ? { [MARKER]: marker } : {},
    stdio: ['pipe', 'pipe', 'inherit']
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child.pid ?? 0;
}

const whose = (port: number, pid: number | null = null) => holderOf(port, { marker, pid });

describe('the port of an app is held by', () => {
  it('nobody at first, and the app when it listens', async () => {
    const port = await freePort();
    expect(whose(port)).toBe('nobody');
    const pid = await listener(port, { app: true });
    expect([whose(port), whose(port, pid)]).toEqual(['app', 'app']);
  });

  it('the app, where one of its processes listens that has left its parents, group and session', async () => {
    const port = await freePort();
    const code = `
kept = listen()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        ${WAIT}
    os._exit(0)
kept.close()
sys.stdin.read()
`;
    const pid = await listener(port, { app: true, code });
    expect(whose(port, pid)).toBe('app');
  });

  it.each(['127.0.0.1', '0.0.0.0', '::', '::ffff:127.0.0.1'])('a stranger, at %s', async address => {
    const port = await freePort();
    await listener(port, { app: false, address });
    expect(whose(port, process.pid)).toBe('stranger');
  });

  it('a stranger, where the app listens at an address that connections do not come to', async () => {
    const port = await freePort();
    await listener(port, { app: true, address: '::1' });
    expect(whose(port)).toBe('nobody');
    await listener(port, { app: false });
    expect(whose(port)).toBe('stranger');
  });

  it('the app, where a stranger listens at such an address', async () => {
    const port = await freePort();
    const pid = await listener(port, { app: true });
    await listener(port, { app: false, address: '127.0.0.2' });
    await listener(port, { app: false, address: '::1' });
    expect(whose(port, pid)).toBe('app');
  });

  it('a stranger, who shares it with the app', async () => {
    const port = await freePort();
    const pid = await listener(port, { app: true });
    await listener(port, { app: false });
    expect(whose(port, pid)).toBe('stranger');
  });
});

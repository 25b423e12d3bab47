import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';

import { lookUntil } from './look-until';

/** A real sshd, as whoever runs the tests. */
export interface SshServer {
  port: number;
  user: string;
  /** Text of a private key that is let in. */
  key: string;
  /** Its line for `known_hosts`, without the host. */
  hostKey: string;
  /** Shows another key from now on. */
  changeHostKey(): Promise<void>;
  close(): Promise<void>;
}

/** An sshd says its name at once. */
const SILENT_MS = 5_000;

/** @param programs - a folder with programs that its users have besides those of the system. */
export async function startSshServer(programs?: string): Promise<SshServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ssh-server-'));
  const keygen = (name: string): string => {
    const file = path.join(folder, name);
    rmSync(file, { force: true });
    rmSync(`${file}.pub`, { force: true });
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
    return readFileSync(`${file}.pub`, 'utf8');
  };
  keygen('host');
  writeFileSync(path.join(folder, 'authorized_keys'), keygen('client'), { mode: 0o600 });
  if (process.getuid?.() === 0) {
    // What it leaves its rights behind in.
    mkdirSync('/run/sshd', { recursive: true });
  }
  const port = await freePort();
  const configuration = [
    'ListenAddress 127.0.0.1',
    `Port ${port}`,
    `HostKey ${folder}/host`,
    `AuthorizedKeysFile ${folder}/authorized_keys`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'PermitRootLogin prohibit-password',
    ...(programs === undefined ? [] : [`SetEnv PATH=${programs}:/usr/local/bin:/usr/bin:/bin`]),
    ''
  ].join('\n');
  writeFileSync(path.join(folder, 'sshd_config'), configuration);
  let stop = await start(folder, port);
  return {
    port,
    user: userInfo().username,
    key: readFileSync(path.join(folder, 'client'), 'utf8'),
    hostKey: readFileSync(path.join(folder, 'host.pub'), 'utf8').split(' ').slice(0, 2).join(' '),
    async changeHostKey() {
      await stop();
      keygen('host');
      stop = await start(folder, port);
    },
    async close() {
      await stop();
      rmSync(folder, { recursive: true });
    }
  };
}

async function start(folder: string, port: number): Promise<() => Promise<void>> {
  const launch = () =>
    spawn('/usr/sbin/sshd', ['-D', '-e', '-f', path.join(folder, 'sshd_config')], { stdio: 'ignore' });
  let child = launch();
  await lookUntil(async () => {
    if (child.exitCode !== null) {
      // Somebody else had the port for a moment.
      child = launch();
    }
    return answers(port);
  }, 'sshd');
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()));
  return () => {
    child.kill('SIGKILL');
    return ended;
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    // Who asks a port that Linux gives out, and where nobody listens, can be answered by itself, and hears nothing.
    socket.setTimeout(SILENT_MS, () => socket.destroy());
  });
}

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** A repository that git finds on this machine alone, for as long as somebody fetches from it. */
export interface GitOrigin {
  url: string;
  /** As the administrator would name the host. */
  host: string;
  close(): void;
}

const SERVICE = 'git-upload-pack';
/** Before the advertisement of the first protocol; the second one does without. */
const ANNOUNCEMENT = `001e# service=${SERVICE}\n0000`;
/** No differences are looked for and nothing is packed: what is measured is this end. */
const SETTINGS = ['safe.directory=*', 'uploadpack.allowFilter=true', 'pack.compression=0', 'pack.window=0'];

/** Serves a repository by smart HTTP on loopback, under a name that nobody else knows, to reading alone. */
export async function serveRepository(
  folder: string,
  environment: Readonly<Record<string, string>>
): Promise<GitOrigin> {
  const base = `/${randomBytes(16).toString('hex')}.git`;
  const uploadPack = (request: IncomingMessage, more: readonly string[]) => {
    const settings = SETTINGS.flatMap(setting => ['-c', setting]);
    return spawn('git', [...settings, 'upload-pack', '--stateless-rpc', ...more, folder], {
      env: { ...environment, GIT_PROTOCOL: protocolOf(request) },
      stdio: ['pipe', 'pipe', 'ignore']
    });
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const advertises = request.url === `${base}/info/refs?service=${SERVICE}`;
    if (!advertises && !(request.method === 'POST' && request.url === `${base}/${SERVICE}`)) {
      response.writeHead(404).end();
      return;
    }
    const kind = advertises ? 'advertisement' : 'result';
    response.setHeader('Content-Type', `application/x-${SERVICE}-${kind}`);
    const child = uploadPack(request, advertises ? ['--advertise-refs'] : []);
    response.once('close', () => child.kill('SIGKILL'));
    if (advertises && !protocolOf(request).includes('version=2')) {
      response.write(ANNOUNCEMENT);
    }
    const packed = request.headers['content-encoding'] === 'gzip';
    await Promise.all([
      packed ? pipeline(request, createGunzip(), child.stdin) : pipeline(request, child.stdin),
      pipeline(child.stdout, response)
    ]);
  };
  const server = createServer((request, response) => {
    // git says itself what an answer lacks that was broken off.
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: host + base,
    host,
    close() {
      server.close();
      server.closeAllConnections();
    }
  };
}

function protocolOf(request: IncomingMessage): string {
  return String(request.headers['git-protocol'] ?? '');
}

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { createCertificate } from './certificate';

const LOOPBACK = '127.0.0.1';

/** A server of repositories over https (smart HTTP, git's own `http-backend`). */
export interface GitServer {
  /** With a slash at its end. */
  url: string;
  port: number;
  /** File of its certificate, which is for localhost and git.test. */
  certificate: string;
  /** The setting by which git trusts it. */
  trust: string;
  /** Method, path and query of what was asked. */
  requests: string[];
  /** Another answer than git's: true where it was given. */
  answer: ((request: IncomingMessage, response: ServerResponse) => boolean) | null;
  /** `name:token` that every request has to show; null: none. */
  login: string | null;
  /** git's own answer. */
  serve(request: IncomingMessage, response: ServerResponse): void;
  /** Ends all connections in the middle of whatever. */
  breakOff(): void;
  close(): Promise<void>;
}

/** Serves the bare repositories in `folder` at an address of this machine. */
export async function startGitServer(folder: string, address = LOOPBACK): Promise<GitServer> {
  const keys = mkdtempSync(path.join(tmpdir(), 'git-server-'));
  const { key, certificate } = createCertificate(keys, ['DNS:localhost', 'DNS:git.test', `IP:${address}`]);
  const listener: RequestListener = (incoming, response) => {
    result.requests.push(`${incoming.method} ${incoming.url}`);
    if (result.answer?.(incoming, response)) {
      return;
    }
    const expected = result.login === null ? null : `Basic ${Buffer.from(result.login).toString('base64')}`;
    if (expected !== null && incoming.headers.authorization !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    result.serve(incoming, response);
  };
  const server: Server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, listener);
  await new Promise<void>(resolve => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  const result: GitServer = {
    url: `https://${address}:${port}/`,
    port,
    certificate,
    trust: `http.sslCAInfo=${certificate}`,
    requests: [],
    answer: null,
    login: null,
    serve: (incoming, response) => serve(folder, incoming, response),
    breakOff: () => server.closeAllConnections(),
    close: () =>
      new Promise(resolve => {
        server.close(() => {
          rmSync(keys, { recursive: true });
          resolve();
        });
        server.closeAllConnections();
      })
  };
  return result;
}

/** Runs git's CGI program for one request. */
function serve(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const child = spawn('git', ['-c', 'safe.directory=*', 'http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_ADDR: LOOPBACK
    },
    stdio: ['pipe', 'pipe', 'ignore']
  });
  child.stdin.on('error', () => undefined);
  request.pipe(child.stdin);
  response.once('close', () => child.kill('SIGKILL'));
  let head: Buffer | null = Buffer.alloc(0);
  child.stdout.on('data', (piece: Buffer) => {
    if (head === null) {
      response.write(piece);
      return;
    }
    head = Buffer.concat([head, piece]);
    const end = head.indexOf('\r\n\r\n');
    if (end >= 0) {
      const fields = head
        .subarray(0, end)
        .toString('latin1')
        .split('\r\n')
        .map(field => field.split(': '));
      const status = fields.find(([name]) => name === 'Status')?.[1] ?? '200';
      response.writeHead(
        Number.parseInt(status, 10),
        Object.fromEntries(fields.filter(([name]) => name !== 'Status').map(([name = '', value = '']) => [name, value]))
      );
      response.write(head.subarray(end + 4));
      head = null;
    }
  });
  child.stdout.on('end', () => response.end());
}

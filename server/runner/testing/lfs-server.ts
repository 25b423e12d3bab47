import type { IncomingMessage, ServerResponse } from 'node:http';

import type { GitServer } from './git-server';

interface Action {
  href: string;
  header?: Record<string, string>;
}

/**
 * Keeps files of Git LFS beside the repositories of a server: the batch API and its basic transfers, as the real `git lfs`
 * pushes and pulls them. A double of the hosts that have it, none of which can be installed beside a test.
 */
export interface LfsServer {
  /** By SHA-256. */
  objects: Map<string, Buffer>;
  /** Method, path and `authorization` of what was asked. */
  requests: string[];
  /** Another place to download from than this server's. */
  place: ((oid: string, usual: Action) => Action) | null;
  /** Another answer: true where it was given. */
  answer: ((request: IncomingMessage, response: ServerResponse) => boolean) | null;
}

/** Has `server` keep them below `<repository>/info/lfs`. */
export function addLfs(server: GitServer): LfsServer {
  const lfs: LfsServer = { objects: new Map(), requests: [], place: null, answer: null };
  server.answer = (request, response) => {
    const [, base, rest] = /^(.*\/info\/lfs)\/(.*)$/.exec(request.url ?? '') ?? [];
    if (base === undefined || rest === undefined) {
      return false;
    }
    lfs.requests.push(`${request.method} ${request.url} ${request.headers.authorization ?? '-'}`);
    if (lfs.answer?.(request, response)) {
      return true;
    }
    const expected = server.login === null ? null : `Basic ${Buffer.from(server.login).toString('base64')}`;
    if (expected !== null && request.headers.authorization !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="lfs"' }).end();
      return true;
    }
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces);
      if (rest === 'objects/batch') {
        response.writeHead(200, { 'content-type': 'application/vnd.git-lfs+json' });
        const own = new URL(base, `https://${request.headers.host}`).href;
        response.end(JSON.stringify({ transfer: 'basic', objects: batch(lfs, own, body.toString('utf8')) }));
      } else if (rest.startsWith('objects/') && request.method === 'PUT') {
        lfs.objects.set(rest.slice('objects/'.length), body);
        response.end();
      } else {
        const found = lfs.objects.get(rest.slice('objects/'.length));
        response.writeHead(found ? 200 : 404).end(found);
      }
    });
    return true;
  };
  return lfs;
}

function batch(lfs: LfsServer, own: string, body: string): object[] {
  const { operation, objects } = JSON.parse(body) as { operation: string; objects: { oid: string; size: number }[] };
  return objects.map(({ oid, size }) => {
    const action: Action = { href: `${own}/objects/${oid}` };
    if (operation === 'upload') {
      return { oid, size, actions: { upload: action } };
    }
    return lfs.objects.has(oid) || lfs.place
      ? { oid, size, actions: { download: lfs.place?.(oid, action) ?? action } }
      : { oid, size, error: { code: 404, message: 'Object does not exist' } };
  });
}

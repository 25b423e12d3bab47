import type { IncomingMessage } from 'node:http';

import { Type } from 'typebox';
import { Value } from 'typebox/value';

import { ProblemError } from '../../../../problem-error';
import { unreachable } from '../failures';
import { headersOf, parsed, type Endpoint } from './endpoint';
import type { Pointer } from './pointer';
import type { LfsWeb } from './web';

/** Where one file is to be had. */
export interface Download {
  oid: string;
  size: number;
  url: string;
  headers: Readonly<Record<string, string>>;
}

const MEDIA = 'application/vnd.git-lfs+json';
const LONGEST = 10 * 2 ** 20;
export const BATCH = 100;

const Reply = Type.Object({
  objects: Type.Array(
    Type.Object({
      oid: Type.String(),
      actions: Type.Optional(
        Type.Object({
          download: Type.Optional(Type.Object({ href: Type.String(), header: Type.Optional(Type.Unknown()) }))
        })
      ),
      error: Type.Optional(Type.Object({ message: Type.Optional(Type.String()) }))
    })
  )
});

/**
 * Asks where files are to be had, at most `BATCH` of them.
 *
 * @see https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md
 * @throws BadAddress, ProblemError
 */
export async function askBatch(
  web: LfsWeb,
  endpoint: Endpoint,
  pointers: readonly Pointer[],
  signal: AbortSignal
): Promise<Download[]> {
  const objects = pointers.map(({ oid, size }) => ({ oid, size }));
  const { host } = new URL(endpoint.url);
  const response = await web.ask(
    {
      method: 'POST',
      url: `${endpoint.url}/objects/batch`,
      headers: { ...endpoint.headers, accept: MEDIA, 'content-type': MEDIA },
      body: JSON.stringify({ operation: 'download', transfers: ['basic'], objects, hash_algo: 'sha256' })
    },
    signal
  );
  const text = await textOf(response, host);
  if (response.statusCode !== 200) {
    throw refused(response.statusCode ?? 0, host, text);
  }
  const reply = parsed(text);
  if (!Value.Check(Reply, reply)) {
    throw strange(host, text.slice(0, 2_000));
  }
  const given = new Map(reply.objects.map(object => [object.oid, object]));
  return objects.map(({ oid, size }) => {
    const { actions, error } = given.get(oid) ?? {};
    if (actions?.download === undefined) {
      throw notThere(host, pointers.find(pointer => pointer.oid === oid)?.entry.path ?? oid, error?.message);
    }
    const { href, header } = actions.download;
    const url = URL.parse(href, `${endpoint.url}/`)?.href ?? href;
    const told = headersOf(header);
    // Its own right goes with the file where the server gives none for it, and stays with the server.
    const own = URL.parse(url)?.origin === new URL(endpoint.url).origin ? endpoint.headers : {};
    return { oid, size, url, headers: { ...own, ...told } };
  });
}

async function textOf(response: IncomingMessage, host: string): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      length += piece.length;
      if (length > LONGEST) {
        break;
      }
      pieces.push(piece);
    }
  } catch (error) {
    throw unreachable(host, String(error));
  }
  return Buffer.concat(pieces).toString('utf8');
}

export function refused(status: number, host: string, detail?: string): ProblemError {
  if (status === 401 || status === 403 || status === 404) {
    return new ProblemError('git_refused', `${host} does not give out the repository’s files in Git LFS.`, {
      fix: 'Check that the repository has Git LFS there. If it is private, choose a git credential that may read it when you publish.',
      detail: detail?.slice(0, 2_000)
    });
  }
  return status === 429 || status >= 500
    ? unreachable(host, `Status ${status}. ${detail?.slice(0, 2_000) ?? ''}`)
    : strange(host, `Status ${status}. ${detail?.slice(0, 2_000) ?? ''}`);
}

function strange(host: string, detail: string): ProblemError {
  return new ProblemError('git_unsupported', `${host} does not answer as servers of Git LFS do.`, {
    fix: 'Check that the repository’s host offers Git LFS. Otherwise clone the repository in JupyterLab, with them, and publish the files from there.',
    detail
  });
}

function notThere(host: string, path: string, detail: string | undefined): ProblemError {
  return new ProblemError('git_failed', `${host} does not have the content of ${path}, which is kept in Git LFS.`, {
    fix: 'Push it there (git lfs push --all origin) from a clone that has it, then publish again.',
    detail
  });
}

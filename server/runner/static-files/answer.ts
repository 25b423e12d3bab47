import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

import type { Unpublished } from '../storage/live/unpublished';
import { findFile, pathNames } from './find-file';
import { mediaType } from './media-types';
import { requestedRange, unchanged } from './preconditions';

/** The page of a folder. */
export const INDEX = 'index.html';

/** A folder of web pages under a path. */
export interface Site {
  /** Absolute, without links in it. */
  folder: string;
  /** With slashes at both ends. */
  prefix: string;
  /** The page that the prefix shows, relative to the folder. */
  home: string;
  /** What nobody gets. */
  isShut: Unpublished;
}

/** Answers a request for a file. */
export async function answer(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await lookUp(site, request, response);
  } catch {
    // The disk failed, or the client went away in the middle of the file.
    if (response.headersSent) {
      response.destroy();
    } else {
      refuse(response, 500, 'This file cannot be read.');
    }
  }
}

async function lookUp(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    refuse(response, 405, 'These pages can only be read.');
    return;
  }
  const [path = '', query] = (request.url ?? '').split(/\?(.*)/s, 2);
  const search = query === undefined ? '' : `?${query}`;
  const names = path.startsWith(site.prefix) ? pathNames(path.slice(site.prefix.length)) : null;
  if (names === null) {
    notFound(response);
    return;
  }
  if (names.length === 1 && names[0] === '') {
    const home = site.home.split('/');
    if (home.length > 1) {
      // Its links are relative to its own place.
      redirect(response, site.prefix + home.map(encodeURIComponent).join('/') + search);
    } else {
      await send(site, home, request, response, null);
    }
    return;
  }
  const folderAsked = names.at(-1) === '';
  const wanted = folderAsked ? [...names.slice(0, -1), INDEX] : names;
  await send(site, wanted, request, response, folderAsked ? null : `${path}/${search}`);
}

/** @param slash - where a folder of that name is, with the slash that its links need. */
async function send(
  site: Site,
  names: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
  slash: string | null
): Promise<void> {
  const found = await findFile(site.folder, names, site.isShut);
  if (found?.kind === 'folder' && slash !== null) {
    redirect(response, slash);
    return;
  }
  if (found?.kind !== 'file') {
    notFound(response);
    return;
  }
  try {
    const { size, mtimeMs } = await found.file.stat();
    const modified = Math.floor(mtimeMs / 1_000) * 1_000;
    const validators = { etag: `"${size.toString(16)}-${Math.floor(mtimeMs).toString(16)}"`, modified };
    response.setHeaders(
      new Map([
        ['ETag', validators.etag],
        ['Last-Modified', new Date(modified).toUTCString()],
        ['Accept-Ranges', 'bytes'],
        // Kept by browsers, but shown only after the runner has been asked: a session may have ended meanwhile.
        ['Cache-Control', 'private, no-cache'],
        ['X-Content-Type-Options', 'nosniff']
      ])
    );
    if (unchanged(request.headers, validators)) {
      response.writeHead(304).end();
      return;
    }
    const range = request.method === 'GET' ? requestedRange(request.headers, size, validators) : null;
    if (range === 'unsatisfiable') {
      response.setHeader('Content-Range', `bytes */${size}`);
      refuse(response, 416, 'The file is shorter.');
      return;
    }
    const { start, end } = range ?? { start: 0, end: size - 1 };
    response.setHeader('Content-Type', mediaType(found.name));
    response.setHeader('Content-Length', end - start + 1);
    if (range) {
      response.setHeader('Content-Range', `bytes ${start}-${end}/${size}`);
    }
    response.writeHead(range ? 206 : 200);
    if (request.method === 'HEAD' || size === 0) {
      response.end();
      return;
    }
    await pipeline(found.file.createReadStream({ start, end, autoClose: false }), response);
  } finally {
    await found.file.close();
  }
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { Location: location, 'Content-Length': 0, 'Cache-Control': 'private, no-cache' }).end();
}

function notFound(response: ServerResponse): void {
  refuse(response, 404, 'There is no such page in this dashboard.');
}

function refuse(response: ServerResponse, status: number, message: string): void {
  const body = `${message}\n`;
  response
    .writeHead(status, {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
      'X-Content-Type-Options': 'nosniff'
    })
    .end(body);
}

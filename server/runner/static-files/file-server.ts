import { realpath } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { FOLDER } from '../../frameworks';
import type { App } from '../supervisor/app';
import type { Exit } from '../supervisor/launch';
import type { Unpublished } from '../storage/live/unpublished';
import { answer, INDEX, type Site } from './answer';

export interface FileServerInput {
  /** Absolute. */
  folder: string;
  /** Page that the prefix shows, relative to the folder; `.` for its index.html. */
  entry: string;
  /** With slashes at both ends. */
  prefix: string;
  /** What is not for viewers, besides hidden files; made for the folder that the given one leads to. Left out, or null: nothing. */
  unpublished?(folder: string): Unpublished | null;
}

/**
 * Serves the files of a version from the runner itself, on a port like any other app's, so that viewers, versions and
 * addresses are the same as everywhere.
 */
export async function startFileServer({ folder, entry, prefix, unpublished }: FileServerInput): Promise<App> {
  const root = await realpath(folder);
  const home = entry === FOLDER ? INDEX : entry;
  const site: Site = { folder: root, prefix, home, isShut: unpublished?.(root) ?? (() => false) };
  const server = createServer((request, response) => {
    void answer(site, request, response);
  });
  const exited = new Promise<Exit>(resolve => server.on('close', () => resolve({ code: 0, signal: null })));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    target: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    pid: null,
    exited,
    // The runner itself answers: there is nothing beside it.
    memory: () => 0,
    async stop() {
      server.close();
      server.closeAllConnections();
      await exited;
    }
  };
}

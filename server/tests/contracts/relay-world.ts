import { statSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { push } from '../../author/push/push';
import type { BuildJob } from '../../contract';
import { systemClock } from '../../runner/clock';
import { PushDesk } from '../../runner/storage/relay/push-desk';
import { createPushEndpoint } from '../../runner/storage/relay/push-endpoint';
import { PushTickets } from '../../runner/storage/relay/push-ticket';
import { createSigner, PUSH_PATH } from '../../runner/testing/push-bench';
import { writeBelow } from './snapshot-world';
import type { CreateWorld } from './strategy-world';

const SILENT = { info() {}, warn() {}, error() {}, debug() {} };

/** A folder in a home that the dashboard's server does not have, and the program there that sends it. */
export const relayWorld: CreateWorld = async bench => {
  const home = await mkdtemp(path.join(tmpdir(), 'author-'));
  const root = path.join(home, 'sales');
  await mkdir(root);
  const signer = createSigner();
  const desk = new PushDesk();
  const rules = { ticketKey: signer.ticketKey, dashboardId: bench.dashboardId, startId: 's1' };
  const tickets = new PushTickets(rules, systemClock);
  const endpoint = createPushEndpoint({ tickets, desk, log: SILENT as never });
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    void endpoint.answer(request, response, url.pathname.slice(PUSH_PATH.length), url.search);
  });
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${PUSH_PATH}`;
  const ended = new AbortController();
  const pushes = new Set<Promise<unknown>>();
  await bench.engine.stop();
  bench.renew({ pushes: desk });
  const send = (job: BuildJob, to: string) => {
    if (job.kind === 'publish') {
      const ticket = signer.ticket({ buildId: job.id, dashboardId: bench.dashboardId });
      const order = { build: job.id, ticket, source: job.source, addresses: [{ url: to }] };
      // What it cannot do, it tells the build.
      const pushing = push(order, { home, signal: ended.signal, pauses: [20] }).catch(() => undefined);
      pushes.add(pushing);
    }
  };
  bench.wantsFiles = job => send(job, url);
  return {
    strategy: 'relay',
    process: { environment: {}, gitHosts: [], receives: rules },
    send,
    broken: 'file_missing',
    write: files => writeBelow(root, files),
    async source() {
      const inode = String(statSync(root, { throwIfNoEntry: false })?.ino ?? 1);
      return {
        source: { kind: 'files', root: '~/sales', entry: 'index.html', scope: 'folder' },
        place: { inode, newest: null }
      };
    },
    breakDown: () => rm(root, { recursive: true }),
    async close() {
      ended.abort();
      await Promise.all(pushes);
      server.closeAllConnections();
      await new Promise(closed => server.close(closed));
      await rm(home, { recursive: true });
    }
  };
};

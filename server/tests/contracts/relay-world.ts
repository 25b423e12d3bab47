import { lstatSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { push } from '../../author/push/push';
import type { BuildJob } from '../../contract';
import { PUSH_PATIENCE_MS } from '../../contract/relay';
import { systemClock } from '../../runner/clock';
import { PushDesk } from '../../runner/storage/relay/push-desk';
import { createPushEndpoint } from '../../runner/storage/relay/push-endpoint';
import { PushTickets } from '../../runner/storage/relay/push-ticket';
import { lookUntil } from '../../runner/testing/look-until';
import { ManualClock } from '../../runner/testing/manual-clock';
import { createSigner, PUSH_PATH } from '../../runner/testing/push-bench';
import type { Programs } from './programs';
import { CONTENT_FAULTS, COPY_FAULTS, FOLDER_FAULTS, forbiddenFolder, writeBelow } from './folder-world';
import type { StrategyKind, StrategyWorld } from './strategy-world';

const SILENT = { info() {}, warn() {}, error() {}, debug() {} };
const SOURCE = { kind: 'files', root: '~/sales', entry: 'index.html', scope: 'folder' } as const;

export interface RelayWorld extends StrategyWorld {
  /** By which the dashboard's server waits. */
  clock: ManualClock;
  /** What has arrived, on the dashboard's server. */
  replica: string;
  /** What the author's side does when its files are wanted. */
  wanted: 'sends' | 'stops' | 'sleeps';
}

/** A folder in a home that the dashboard's server does not have, and the program there that sends it. */
export const RELAY: StrategyKind<RelayWorld> = {
  title: 'files that are sent from elsewhere',
  strategy: 'relay',
  copies: true,
  ruled: true,
  async create(bench, publishablePaths) {
    const home = await mkdtemp(path.join(tmpdir(), 'author-'));
    const folder = path.join(home, 'sales');
    await mkdir(folder);
    const signer = createSigner();
    const clock = new ManualClock();
    const desk = new PushDesk(clock);
    const rules = { ticketKey: signer.ticketKey, dashboardId: bench.dashboardId, startId: 's1' };
    const tickets = new PushTickets(rules, systemClock);
    const endpoint = createPushEndpoint({ tickets, desk, log: SILENT as never });
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://localhost');
      const step = url.pathname.slice(PUSH_PATH.length);
      if (world.wanted === 'stops' && !step.includes('hello')) {
        // The network is cut, and nobody comes back.
        request.socket.destroy();
        clock.advance(PUSH_PATIENCE_MS);
        return;
      }
      void endpoint.answer(request, response, step, url.search);
    });
    await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${PUSH_PATH}`;
    const ended = new AbortController();
    const pushes = new Set<Promise<unknown>>();
    await bench.engine.stop();
    bench.renew({ pushes: desk });
    const send = (job: BuildJob, to: string, signal: AbortSignal) => {
      if (job.kind === 'publish') {
        const ticket = signer.ticket({ buildId: job.id, dashboardId: bench.dashboardId });
        const order = {
          ...{ build: job.id, ticket, source: job.source, addresses: [{ url: to }] },
          ...(publishablePaths && { publishablePaths })
        };
        // What it cannot do, it tells the build.
        const pushing = push(order, { home, signal: AbortSignal.any([ended.signal, signal]), pauses: [20] });
        pushes.add(pushing.catch(() => undefined));
      }
    };
    bench.wantsFiles = job => {
      if (world.wanted === 'sleeps') {
        void lookUntil(() => clock.waiting > 0, 'the build that waits').then(() => clock.advance(PUSH_PATIENCE_MS));
      } else {
        send(job, url, ended.signal);
      }
    };
    const world: RelayWorld = {
      folder,
      clock,
      replica: path.join(path.resolve(bench.files(1), '../../..'), 'replica'),
      wanted: 'sends',
      process: { environment: {}, gitHosts: [], receives: rules },
      send,
      write: files => writeBelow(folder, files),
      async source() {
        const inode = String(statSync(folder, { throwIfNoEntry: false })?.ino ?? 1);
        return { source: SOURCE, place: { inode, newest: null } };
      },
      async plan(programs: Programs) {
        const { files, bytes } = await programs.plan(home, SOURCE);
        return { files, bytes };
      },
      async close() {
        ended.abort();
        await Promise.all(pushes);
        server.closeAllConnections();
        await new Promise(closed => server.close(closed));
        await rm(home, { recursive: true });
      }
    };
    return world;
  },
  faults: [
    ...FOLDER_FAULTS,
    ...CONTENT_FAULTS,
    ...COPY_FAULTS,
    {
      title: 'a way that the administrator does not allow, where the dashboard’s server does not see the files',
      code: 'files_not_here',
      retryable: false,
      async happen(_world, renew) {
        await renew({ allowed: { strategies: ['snapshot', 'git'] } });
        return () => renew({ allowed: {} });
      }
    },
    forbiddenFolder(),
    {
      title: 'files that nobody sends',
      code: 'files_not_here',
      retryable: false,
      async happen(world) {
        world.wanted = 'sleeps';
        return () => (world.wanted = 'sends');
      }
    },
    {
      title: 'a network that is cut',
      code: 'files_not_here',
      retryable: true,
      async happen(world) {
        world.wanted = 'stops';
        return () => (world.wanted = 'sends');
      }
    },
    {
      title: 'files that are changed where they have arrived',
      code: 'files_keep_changing',
      retryable: true,
      async happen({ replica }) {
        // Something that looks the same in everything but its content, and is of another inode than the version's.
        const file = path.join(replica, 'data/a.csv');
        const { mtimeMs } = lstatSync(file);
        rmSync(file);
        writeFileSync(file, 'x', { mode: 0o444 });
        utimesSync(file, mtimeMs / 1_000, mtimeMs / 1_000);
        // It is sent anew by itself.
        return () => undefined;
      }
    }
  ]
};

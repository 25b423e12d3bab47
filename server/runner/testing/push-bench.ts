import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { PushClaims, PushOrder } from '../../contract/relay';
import type { Source } from '../../contract';
import { systemClock, type Clock } from '../clock';
import { PushDesk } from '../storage/relay/push-desk';
import { createPushEndpoint } from '../storage/relay/push-endpoint';
import { PushTickets } from '../storage/relay/push-ticket';
import { receive } from '../storage/relay/receive';
import { Receiver } from '../storage/relay/receiver';
import type { ReceiverPort } from '../storage/relay/receiver-port';
import { portOf } from './receiver-here';

/** Path under which the runner takes pushes. */
export const PUSH_PATH = '/user/alice/dash-sales-1/_dashboards/push/';

/** The service's half of the keys, for tickets of tests. */
export function createSigner() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return {
    ticketKey: x,
    /** A text signed as those of viewers are. */
    signed(content: object): string {
      const text = Buffer.from(JSON.stringify(content)).toString('base64url');
      return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`;
    },
    ticket(
      claims: Partial<Record<keyof PushClaims, unknown>> & Record<string, unknown> = {},
      purpose = 'push'
    ): string {
      const now = Date.now();
      const all = {
        ...{ v: 1, purpose: 'push', id: 't1', dashboardId: 'd1', startId: 's1', buildId: 'b1' },
        ...{ issuedAt: now, expiresAt: now + 600_000 },
        ...claims
      };
      const content = `${purpose}.${Buffer.from(JSON.stringify(all)).toString('base64url')}`;
      return `${content}.${sign(null, Buffer.from(content), privateKey).toString('base64url')}`;
    }
  };
}

/** The receiving end of pushes behind a real HTTP server. */
export interface PushBench {
  server: Server;
  url: string;
  lines: string[];
  desk: PushDesk;
  signer: ReturnType<typeof createSigner>;
  order(source: Source): PushOrder;
  /** A build waits for its files; again after it has got them. */
  await(options?: { signal?: AbortSignal; receiver?: ReceiverPort; clock?: Clock }): Promise<void>;
  /** Another process takes the place of the one that received so far. */
  restart(): void;
  /** Bytes of contents that were missing when they were first asked for, and that were taken. */
  offered: number;
  taken: number;
  /** Hash that a version of what came last has. */
  hash: string;
  /** Offers that were all there, and that nothing became of. */
  unfounded: number;
  /** Sections that were not taken. */
  refused: number;
  close(): Promise<void>;
}

export async function startPushBench(
  dashboard: string,
  { limits = { files: 200_000, bytes: 20 * 2 ** 30 }, clock = systemClock as Clock } = {}
): Promise<PushBench> {
  const signer = createSigner();
  const desk = new PushDesk();
  const rules = { ticketKey: signer.ticketKey, dashboardId: 'd1', startId: 's1' };
  const tickets = new PushTickets(rules, clock);
  const log = { info() {}, warn() {}, error() {}, debug() {} };
  const endpoint = createPushEndpoint({ tickets, desk, log: log as never });
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    void endpoint.answer(request, response, url.pathname.slice(PUSH_PATH.length), url.search);
  });
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let receiver: Receiver | null = null;
  const bench: PushBench = {
    server,
    url: origin + PUSH_PATH,
    lines: [],
    desk,
    signer,
    offered: 0,
    taken: 0,
    hash: '',
    unfounded: 0,
    refused: 0,
    order: source => ({
      build: 'b1',
      ticket: signer.ticket(),
      source,
      addresses: [{ url: bench.url }]
    }),
    async await(options = {}) {
      receiver ??= new Receiver({ dashboard, limits });
      const port = options.receiver ?? portOf(receiver);
      let progress = 0;
      const counted: ReceiverPort = {
        ...port,
        async take(head, sent) {
          const before = progress;
          try {
            progress = (await port.take(head, sent)).received;
          } catch (error) {
            bench.refused += 1;
            throw error;
          }
          bench.taken += progress - before;
          return { received: progress, missing: bench.offered };
        },
        async missing(offered) {
          const missing = await port.missing(offered);
          bench.unfounded += missing.received === 0 ? 1 : 0;
          bench.offered ||= missing.progress.missing;
          progress = 0;
          return missing;
        }
      };
      bench.hash = await receive({
        buildId: 'b1',
        folder: '~/project',
        receiver: counted,
        desk,
        clock: options.clock ?? clock,
        signal: options.signal ?? new AbortController().signal,
        line: line => bench.lines.push(line)
      });
    },
    restart() {
      receiver?.close();
      receiver = null;
    },
    close: () =>
      new Promise(closed => {
        receiver?.close();
        server.close(() => closed());
        server.closeAllConnections();
      })
  };
  return bench;
}

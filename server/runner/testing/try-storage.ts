import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { StartSpecification } from '../../contract';
import { createReceivingEnd } from '../check/receiving';
import { tryStorage } from '../check/storage';
import { baseEnvironment } from '../env';
import { createLog } from '../log';
import { createSigner } from './push-bench';

const PREFIX = '/user/alice/dash-check-1/';
const PUSH_PREFIX = `${PREFIX}_dashboards/push/`;

/**
 * A program for tests: tries the storage of the home in its first argument, may publish from the others, and prints the
 * lines. With COPIES=no nothing is copied, which takes its time. It takes what is sent at PORT of this machine; senders are
 * told RELAY_URL and ADDRESSES instead.
 */
async function main(): Promise<void> {
  const [home = '', ...publishable] = process.argv.slice(2);
  const stop = new AbortController();
  process.once('SIGTERM', () => stop.abort());
  const { ticketKey, ticket } = createSigner();
  const whose = { dashboardId: 'check', startId: 's1', buildId: 'check' };
  const { RELAY_URL: relayUrl = null, ADDRESSES, COPIES, PATIENCE_MS } = process.env;
  const start = {
    ticketKey,
    dashboard: { id: whose.dashboardId },
    startId: whose.startId,
    check: { push: { buildId: whose.buildId, ticket: ticket(whose), relayUrl, ownDomains: false } }
  } as StartSpecification;
  const end = createReceivingEnd(start, PREFIX, createLog());
  const server = createServer((request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    void end?.answer(request, response, path.slice(PUSH_PREFIX.length), query);
  });
  await new Promise<void>(listening => server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', listening));
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const addresses = (ADDRESSES?.split(' ') ?? [own]).map(origin => origin + PREFIX);
  await tryStorage(
    {
      home,
      publishablePaths: publishable.length > 0 ? publishable : undefined,
      sample: { files: 200, bytes: 1_000_000 },
      strategies: COPIES === 'no' ? ['live'] : undefined,
      receiving: end?.at(addresses) ?? null,
      environment: baseEnvironment([], []),
      patienceMs: PATIENCE_MS === undefined ? undefined : Number(PATIENCE_MS),
      quiet: Promise.resolve(),
      signal: stop.signal
    },
    line => process.stdout.write(`${JSON.stringify(line)}\n`)
  );
  server.close();
  server.closeAllConnections();
}

void main();

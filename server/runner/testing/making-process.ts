import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Strategy } from '../../contract';
import { DEFAULT_LIMITS } from '../../files/limits';
import { placesOf } from '../../files/places';
import { systemClock } from '../clock';
import { PushDesk } from '../storage/relay/push-desk';
import { createPushEndpoint } from '../storage/relay/push-endpoint';
import { PushTickets, type PushTicketRules } from '../storage/relay/push-ticket';
import { storageStrategy } from '../storage/strategies';
import type { PublishJob } from '../storage/strategy';
import { takeSnapshot } from '../versions/snapshot';
import { copierThat } from './copier-double';

/** What the process is to do: its one argument, as JSON. */
export interface MakingOrder {
  home: string;
  dashboardId: string;
  strategy: Strategy;
  job: PublishJob;
  /** What the strategy needs of the world around it. */
  world: { environment: Record<string, string>; gitHosts: string[]; receives: PushTicketRules | null };
  /** The step at which it kills itself; 0: at none. Steps are lines told, requests with files, and files taken. */
  killAt: number;
}

/** Below this the endpoint answers. */
const PATH = '/push/';
const SILENT = { info() {}, warn() {}, error() {}, debug() {} };

/**
 * Makes the version of a job in a process of its own, as a runner does up to where its app starts. Prints the address at
 * which it waits for files, where it does, and `made` at its end.
 */
async function main(order: MakingOrder): Promise<void> {
  const { home, dashboardId, job, world } = order;
  let steps = 0;
  const step = () => {
    if (++steps === order.killAt) {
      process.kill(process.pid, 'SIGKILL');
    }
  };
  const signal = new AbortController().signal;
  const pushes = new PushDesk();
  const url = world.receives && (await receive(world.receives, pushes, step));
  const places = placesOf(home, dashboardId);
  const fetched = await storageStrategy(order.strategy).fetch(job, {
    around: { places, dashboardId, home, environment: world.environment },
    limits: DEFAULT_LIMITS,
    git: { hosts: world.gitHosts, credential: async () => null },
    pushes,
    signal,
    line: step,
    wants: what => what === 'files' && process.stdout.write(`${url}\n`)
  });
  await takeSnapshot({
    places,
    home,
    version: job.n,
    source: { root: fetched.root, entry: job.source.entry, scope: job.source.scope },
    own: fetched.own,
    signal,
    limits: DEFAULT_LIMITS,
    progress: () => undefined,
    copier: copierThat(step)
  });
  process.stdout.write('made\n', () => process.exit(0));
}

async function receive(rules: PushTicketRules, desk: PushDesk, step: () => void): Promise<string> {
  const tickets = new PushTickets(rules, systemClock);
  const endpoint = createPushEndpoint({ tickets, desk, log: SILENT as never });
  const server = createServer((request, response) => {
    step();
    const { pathname, search } = new URL(request.url ?? '', 'http://localhost');
    void endpoint.answer(request, response, pathname.slice(PATH.length), search);
  });
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`;
}

void main(JSON.parse(process.argv[2] ?? '') as MakingOrder);

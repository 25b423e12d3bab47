import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { BuildResult } from '../../contract';
import { placesOf } from '../../files/places';
import { systemClock } from '../clock';
import { createEngine } from '../create-engine';
import type { Allowed } from '../engine';
import { PushDesk } from '../storage/relay/push-desk';
import { createPushEndpoint } from '../storage/relay/push-endpoint';
import { PushTickets, type PushTicketRules } from '../storage/relay/push-ticket';
import type { PublishJob } from '../storage/strategy';

/** What the process is to do: its one argument, as JSON. */
export interface MakingOrder {
  home: string;
  dashboardId: string;
  job: PublishJob;
  allowed: Allowed;
  /** What the strategy needs of the world around it. */
  world: { environment: Record<string, string>; gitHosts: string[]; receives: PushTicketRules | null };
}

/** What it prints at its end, after the address at which it waits for files, where it does. */
export interface MakingReport {
  outcome: BuildResult['outcome'];
  /** See `kill-switch.ts`. */
  steps: number;
  /** Names in the folder of versions. */
  versions: string[];
}

/** Below this the endpoint answers. */
const PATH = '/push/';
const SILENT = { info() {}, warn() {}, error() {}, debug() {} };

declare const stepsTaken: () => number;
declare const step: () => void;

/** An engine in a process of its own, with one job, until the service has been told what became of it. */
async function main({ home, dashboardId, job, allowed, world }: MakingOrder): Promise<void> {
  const pushes = new PushDesk();
  const url = world.receives && (await receive(world.receives, pushes));
  let wanted = false;
  const engine = createEngine({
    prefix: '/user/alice/dash-sales-ab12/',
    dashboardId,
    home,
    allowed,
    pushes,
    python: 'python3',
    environment: world.environment,
    git: { hosts: world.gitHosts, credential: async () => null },
    secrets: [],
    keepLine: () => undefined,
    connections: () => 0,
    appLeft: async () => undefined,
    idle: () => Number.POSITIVE_INFINITY,
    firstPage: async () => undefined,
    sendAway: () => undefined,
    cutOff: () => undefined,
    reports: {
      async progress(_job, _state, _lines, wants) {
        if (wants === 'files' && !wanted) {
          wanted = true;
          process.stdout.write(`${url}\n`);
        }
        return { cancelled: false };
      },
      async result(_job, outcome) {
        step();
        const folder = placesOf(home, dashboardId).versions;
        const versions = existsSync(folder) ? readdirSync(folder) : [];
        const report: MakingReport = { outcome, steps: stepsTaken(), versions };
        process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));
      }
    }
  });
  engine.apply({ revision: 1, live: null, job, kept: [1, job.n] });
}

async function receive(rules: PushTicketRules, desk: PushDesk): Promise<string> {
  const tickets = new PushTickets(rules, systemClock);
  const endpoint = createPushEndpoint({ tickets, desk, log: SILENT as never });
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '', 'http://localhost');
    void endpoint.answer(request, response, pathname.slice(PATH.length), search);
  });
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`;
}

void main(JSON.parse(process.argv[2] ?? '') as MakingOrder);

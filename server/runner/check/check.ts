import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { CHECK_PAGES, type CheckCanary, type CheckMarker, type CheckReport, type CheckSeen } from '../../contract';
import type { Bootstrap } from '../bootstrap';
import { baseEnvironment } from '../env';
import type { Listener } from '../listener';
import { createLog } from '../log';
import { PUSH } from '../../relay/addresses';
import { isWebSocketRequest, refuseUpgrade } from '../proxy/upgrade';
import { greet } from './greeting';
import { createMarker } from './marker';
import { createReceivingEnd } from './receiving';
import { createReport, type ReportInput } from './report';
import { createCanary } from './storage/canary';
import { takeFile } from './take-file';

/** Nobody needs it for longer without asking anything; a command that was killed leaves nothing running. */
const ENDS_AFTER_MS = 5 * 60_000;

/** Serves what it finds in this environment to whoever has the key, instead of a dashboard. Ends with the process. */
export function runCheck(
  bootstrap: Bootstrap,
  listener: Listener,
  exit: (code: number) => void,
  sample?: ReportInput['sample']
): void {
  const { key = '', frameworks = [] } = bootstrap.start.check ?? {};
  const receiving = createReceivingEnd(bootstrap.start, bootstrap.prefix, createLog());
  const report = createReport({
    python: bootstrap.python,
    home: bootstrap.home,
    environment: baseEnvironment([bootstrap.apiToken, key], bootstrap.ownVariables),
    serviceUrl: bootstrap.start.serviceUrl,
    frameworks,
    publishablePaths: bootstrap.start.publishablePaths,
    strategies: bootstrap.start.strategies,
    receiving: known => receiving?.at(known) ?? null,
    sample
  });
  const canary = createCanary(bootstrap.home, key);
  const marker = createMarker(bootstrap.home);
  const pages: Pages = {
    [`GET ${CHECK_PAGES.report}`]: async query => report.read(query.getAll('at').filter(isAddress)),
    [`PUT ${CHECK_PAGES.canary}`]: async () => ({ error: await canary.write(), kept: false }),
    [`GET ${CHECK_PAGES.canary}`]: async () => ({ error: null, kept: await canary.take() }),
    [`PUT ${CHECK_PAGES.seen}`]: () => marker.write(),
    [`DELETE ${CHECK_PAGES.seen}`]: async query => ({ sha256: await takeFile(query.get('file') ?? '') })
  };
  const end = () =>
    void Promise.all([listener.close(), report.stop()])
      .then(() => marker.remove())
      .then(() => exit(0));
  const unattended = setTimeout(end, ENDS_AFTER_MS).unref();
  listener.serve({
    request(request, response) {
      if (admitted(request, key)) {
        unattended.refresh();
      }
      const [call, query = ''] = (request.url ?? '').split('?');
      const push = bootstrap.prefix + PUSH;
      if (receiving && call?.startsWith(push)) {
        void receiving.answer(request, response, call.slice(push.length), query);
      } else {
        void answer(bootstrap.prefix, key, pages, request, response);
      }
    },
    upgrade(request, socket, head) {
      if (!isWebSocketRequest(request) || pathOf(request) !== bootstrap.prefix + CHECK_PAGES.socket) {
        return refuseUpgrade(socket, 404, 'There is nothing here.');
      }
      return admitted(request, key) ? greet(request, socket, head) : refuseUpgrade(socket, 401, 'The key is missing.');
    }
  });
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
}

/** By method and path below the server's prefix. */
type Pages = Record<string, (query: URLSearchParams) => Promise<CheckReport | CheckCanary | CheckMarker | CheckSeen>>;

async function answer(
  prefix: string,
  key: string,
  pages: Pages,
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> {
  const at = pathOf(request);
  const page = at.startsWith(prefix) ? pages[`${request.method} ${at.slice(prefix.length)}`] : undefined;
  const status = !page ? 404 : admitted(request, key) ? 200 : 401;
  const body =
    page && status === 200
      ? await page(new URLSearchParams((request.url ?? '').split('?')[1]))
      : { error: { message: 'This server only checks whether dashboards can run.' } };
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store'
  });
  response.end(JSON.stringify(body));
}

function isAddress(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?')[0] ?? '';
}

function admitted(request: IncomingMessage, key: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${key}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

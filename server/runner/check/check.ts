import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { CHECK_PAGES } from '../../contract';
import type { Bootstrap } from '../bootstrap';
import { baseEnvironment } from '../env';
import type { Listener } from '../listener';
import { isWebSocketRequest, refuseUpgrade } from '../proxy/upgrade';
import { greet } from './greeting';
import { createReport, type Report } from './report';

/** Nobody needs it for longer; a command that was killed leaves nothing running. */
const ENDS_AFTER_MS = 5 * 60_000;

/** Serves what it finds in this environment to whoever has the key, instead of a dashboard. Ends with the process. */
export function runCheck(bootstrap: Bootstrap, listener: Listener, exit: (code: number) => void): void {
  const { key = '', frameworks = [] } = bootstrap.start.check ?? {};
  const report = createReport({
    python: bootstrap.python,
    home: bootstrap.home,
    environment: baseEnvironment([bootstrap.apiToken, key], bootstrap.ownVariables),
    serviceUrl: bootstrap.start.serviceUrl,
    frameworks
  });
  listener.serve({
    request: (request, response) => answer(bootstrap.prefix, key, report, request, response),
    upgrade(request, socket, head) {
      if (!isWebSocketRequest(request) || pathOf(request) !== bootstrap.prefix + CHECK_PAGES.socket) {
        return refuseUpgrade(socket, 404, 'There is nothing here.');
      }
      return admitted(request, key) ? greet(request, socket, head) : refuseUpgrade(socket, 401, 'The key is missing.');
    }
  });
  const end = () => void listener.close().then(() => exit(0));
  setTimeout(end, ENDS_AFTER_MS).unref();
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
}

function answer(prefix: string, key: string, report: Report, request: IncomingMessage, response: ServerResponse): void {
  const found = pathOf(request) === prefix + CHECK_PAGES.report;
  const status = !found ? 404 : admitted(request, key) ? 200 : 401;
  const body =
    status === 200 ? report() : { error: { message: 'This server only checks whether dashboards can run.' } };
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store'
  });
  response.end(JSON.stringify(body));
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?')[0] ?? '';
}

function admitted(request: IncomingMessage, key: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${key}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

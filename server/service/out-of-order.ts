import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

import type { ErrorReply } from '../contract';
import { NO_ICON, pageDocument } from '../pages/document';
import { html } from '../pages/html';
import { PAGE_STYLE } from '../pages/style';
import type { Environment } from './env';
import { problem } from './errors';

const STYLE_PATH = 'out-of-order.css';

/** For everybody: what exactly is wrong is the administrator's business, and stands in the Hub's log. */
const OUT_OF_ORDER = problem(
  'service_unavailable',
  'Dashboards are out of order on this hub.',
  'Nothing of them is lost by that. Tell your administrator: the log of the Hub says what to do.'
);

type Place = Pick<Environment, 'listen' | 'prefix'>;

/** JupyterHub 5 looks for a service for ten seconds, JupyterHub 6 for thirty. */
const PATIENCE_MS = 2_000;

/** What comes of `work`; while it takes long, something answers in the place of the service. */
export async function standInFor<T>(place: Place, work: Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  const settled = work.then(
    () => true,
    () => true
  );
  if (!(await Promise.race([settled, delay(patienceMs, false, { ref: false })]))) {
    await standOutOfOrder(place, settled);
  }
  return work;
}

/**
 * Answers in place of a service that cannot work, for a while. JupyterHub ends when a service that it manages does not
 * come up; nobody's JupyterLab has to stand still because of a database of ours.
 *
 * @param until resolves when the place is to be left
 * @throws Error when the address is taken
 */
export async function standOutOfOrder({ listen, prefix }: Place, until: Promise<unknown>): Promise<void> {
  const server = createServer((request, response) => answer(prefix, request, response));
  server.listen(listen);
  await once(server, 'listening');
  await until;
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

function answer(prefix: string, request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? '';
  const send = (status: number, type: string, body: string) =>
    response
      .writeHead(status, {
        'content-type': `${type}; charset=utf-8`,
        'content-security-policy': "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        ...(status === 503 && { 'retry-after': '30' })
      })
      .end(request.method === 'HEAD' ? undefined : body);
  if (!path.startsWith(prefix)) {
    send(404, 'text/plain', 'Not found');
  } else if (path === `${prefix}${STYLE_PATH}`) {
    send(200, 'text/css', PAGE_STYLE);
  } else if ((request.headers.accept ?? '').includes('text/html')) {
    send(503, 'text/html', page(prefix));
  } else if (path === prefix) {
    // So the Hub asks whether anybody listens, and takes any answer below 500 for yes.
    send(200, 'text/plain', `${OUT_OF_ORDER.message}\n`);
  } else {
    send(503, 'application/json', JSON.stringify({ error: OUT_OF_ORDER } satisfies ErrorReply));
  }
}

function page(prefix: string): string {
  return pageDocument({
    title: 'Dashboards',
    style: prefix + STYLE_PATH,
    head: NO_ICON,
    body: html`<main id="content" class="state">
      <h1>${OUT_OF_ORDER.message}</h1>
      <p>${OUT_OF_ORDER.fix ?? ''}</p>
    </main>`
  }).text;
}

import { Html, html } from '../pages/html';
import { PAGE_STYLE } from '../pages/style';
import type { Listener } from './listener';

const SHOWN_MS = 30_000;
/** Below 500, or the Hub would go on waiting for a server; the Python stand-in answers the same. */
const STATUS = 409;
/** Whatever else is asked here is answered with this page as well, so that it brings its style along. */
const PAGE = html`<!doctype html>
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>Dashboard not started</title>
      <style>
        ${new Html(PAGE_STYLE)}
      </style>
    </head>
    <body>
      <main class="state">
        <h1>This dashboard did not start</h1>
        <p>The runner in your server and the dashboards service of this hub do not understand each other.</p>
        <p>
          Ask your administrator to install the same version of jupyterhub-dashboards in the environment of the Hub and
          in that of the single-user servers.
        </p>
      </main>
    </body>
  </html>`.text;

/**
 * Answers everything with one page for half a minute. A runner that ends at once would count as a failed start, and the
 * Hub stops itself after a few of those.
 */
export async function refuse(listener: Listener, shownMs = SHOWN_MS): Promise<void> {
  listener.serve({
    request(_request, response) {
      response.writeHead(STATUS, {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        'X-Content-Type-Options': 'nosniff',
        'Cache-Control': 'no-store',
        Connection: 'close'
      });
      response.end(PAGE);
    },
    upgrade: (_request, socket) => socket.destroy()
  });
  await new Promise(resolve => setTimeout(resolve, shownMs));
  await listener.close();
}

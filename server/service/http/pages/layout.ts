import type { FastifyReply } from 'fastify';

import type { Context } from '../../context';
import { html, type Html } from './html';

/** No script, style or frame from anywhere but this service's own files. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store'
};

export interface Page {
  title: string;
  body: Html;
  /** Where a browser without scripts looks again. */
  refresh?: { seconds: number; url: string };
  /** Name of a file of `assets`. */
  script?: string;
}

/** Sends a page. The status is the reply's own. */
export function sendPage(
  { addresses }: Context,
  reply: FastifyReply,
  { title, body, refresh, script }: Page
): FastifyReply {
  const { prefix } = addresses;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="${prefix}assets/pages.css" />
        ${refresh ? html`<noscript><meta http-equiv="refresh" content="${refresh.seconds}; url=${refresh.url}" /></noscript>` : null}
      </head>
      <body>
        <main>${body}</main>
        ${script ? html`<script src="${prefix}assets/${script}"></script>` : null}
      </body>
    </html> `;
  return reply.headers(HEADERS).type('text/html; charset=utf-8').send(page.text);
}

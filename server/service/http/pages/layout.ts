import type { FastifyReply } from 'fastify';

import { XSRF } from '../../../contract';
import { NO_ICON, pageDocument } from '../../../pages/document';
import { html, type Html } from '../../../pages/html';
import type { Context } from '../../context';
import { knownSession } from '../viewer-session';
import { changesOff, xsrfToken } from '../xsrf';
import { assetPath, type AssetName } from './assets';
import { signOutForm } from './sign-out-form';

export interface Page {
  title: string;
  /** The page's `main`. */
  body: Html;
  /** Where a browser without scripts looks again. */
  refresh?: { seconds: number; url: string };
  script?: AssetName;
}

/** Sends a page to whoever looks. The status is the reply's own. */
export function sendPage(context: Context, reply: FastifyReply, { title, body, refresh, script }: Page): FastifyReply {
  const { prefix } = context.addresses;
  const session = knownSession(reply.request);
  const token = session && !changesOff(context, reply.request) ? xsrfToken(context, session, 'change') : null;
  const page = pageDocument({
    title,
    style: prefix + assetPath('pages'),
    head: html`${NO_ICON} ${token === null ? null : html`<meta name="${XSRF.meta}" content="${token}" />`}
    ${refresh ? html`<noscript><meta http-equiv="refresh" content="${refresh.seconds}; url=${refresh.url}" /></noscript>` : null}
    ${script ? html`<script src="${prefix}${assetPath(script)}" defer></script>` : null}`,
    body: html`<a class="skip" href="#content">Skip to the content</a> ${header(context, reply)} ${body}`
  });
  return reply.headers(headers(context)).type('text/html; charset=utf-8').send(page.text);
}

function header(context: Context, reply: FastifyReply): Html {
  const { addresses } = context;
  const session = knownSession(reply.request);
  return html`<header class="top">
    <a class="brand" href="${addresses.prefix}">
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <rect x="1" y="9" width="5" height="10" rx="1" />
        <rect x="7.5" y="1" width="5" height="18" rx="1" />
        <rect x="14" y="5" width="5" height="14" rx="1" />
      </svg>
      Dashboards
    </a>
    <a class="hub" href="${addresses.hubUrl}home">JupyterHub</a>
    ${
      session
        ? html`<span class="who" title="${session.viewer.name}"
              ><span class="hidden">Signed in as </span>${session.viewer.name}</span
            >
            ${signOutForm(context, session)}`
        : null
    }
  </header>`;
}

/** No script, style or frame from anywhere but this service's own files. */
function headers({ addresses }: Context): Record<string, string> {
  // Signing out ends at the Hub, and browsers ask this rule about redirects of forms as well.
  const hub = URL.canParse(addresses.hubUrl) ? ` ${new URL(addresses.hubUrl).origin}` : '';
  return {
    'content-security-policy': [
      "default-src 'none'",
      "style-src 'self'",
      "script-src 'self'",
      "connect-src 'self'",
      "img-src 'self' data:",
      `form-action 'self'${hub}`,
      "base-uri 'none'",
      "frame-ancestors 'none'"
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store'
  };
}

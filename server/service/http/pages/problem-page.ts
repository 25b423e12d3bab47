import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Problem } from '../../../contract';
import { html } from '../../../pages/html';
import type { Context } from '../../context';
import { knownSession } from '../viewer-session';
import { sendPage } from './layout';
import { switchForm } from './sign-out-form';

/** A person with a browser, outside the API. */
export function wantsPage({ addresses }: Context, request: FastifyRequest): boolean {
  const path = request.url.slice(addresses.prefix.length);
  const forPrograms = /^(?:(?:api|runner|internal)(?:\/|$)|d\/[^/?]+\/state(?:\?|$))/.test(path);
  return !forPrograms && (request.headers.accept ?? '').includes('text/html');
}

/** Says what is the matter. The status is the reply's own. */
export function sendProblemPage(
  context: Context,
  reply: FastifyReply,
  { code, message, fix, detail }: Problem
): FastifyReply {
  const { request } = reply;
  const session = knownSession(request);
  // Somebody else may be meant: the one who is asked for, or the one who signs in more often here.
  const other = code === 'not_found' ? session : null;
  const again = reply.statusCode >= 500 && request.method === 'GET';
  return sendPage(context, reply, {
    title: 'Dashboards',
    script: other ? 'switch' : undefined,
    body: html`<main id="content" class="state">
      <h1>${message}</h1>
      ${fix ? html`<p>${fix}</p>` : null}
      ${detail ? html`<pre class="log" tabindex="0" aria-label="Details">${detail}</pre>` : null}
      ${other ? html`<p class="quiet">You are signed in as <bdi>${other.viewer.name}</bdi>.</p>` : null}
      <div class="actions">
        ${again ? html`<a class="button primary" href="${request.url}">Try again</a>` : null}
        <a class="button ${again ? '' : 'primary'}" href="${context.addresses.prefix}">All dashboards</a>
        ${other ? switchForm(context, other) : null}
      </div>
    </main>`
  });
}

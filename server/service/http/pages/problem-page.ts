import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Problem } from '../../../contract';
import type { Context } from '../../context';
import { html } from './html';
import { sendPage } from './layout';

/** A person with a browser, outside the API. */
export function wantsPage({ addresses }: Context, request: FastifyRequest): boolean {
  const path = request.url.slice(addresses.prefix.length);
  const forPrograms = /^(?:(?:api|runner|internal)(?:\/|$)|d\/[^/?]+\/state(?:\?|$))/.test(path);
  return !forPrograms && (request.headers.accept ?? '').includes('text/html');
}

export function sendProblemPage(
  context: Context,
  reply: FastifyReply,
  { message, fix, detail }: Problem
): FastifyReply {
  return sendPage(context, reply, {
    title: 'Dashboards',
    body: html`<h1>${message}</h1>
      ${fix ? html`<p>${fix}</p>` : null} ${detail ? html`<pre>${detail}</pre>` : null}
      <p><a href="${context.addresses.prefix}">All dashboards</a></p>`
  });
}

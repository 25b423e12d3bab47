import { Type } from 'typebox';

import { PAGES, RUNNER_PAGES, RUNNER_SEGMENT } from '../../../contract';
import { safeNext } from '../../access/next';
import type { Context } from '../../context';
import { serverAddress } from '../../dashboards/addresses';
import type { App } from '../app';
import { signedIn } from '../viewer-session';
import { shownTo } from '../visible';
import { askToSignIn } from './sign-in';

const Id = Type.String({ minLength: 1, maxLength: 100 });
const Query = Type.Object({
  dashboard: Id,
  start: Id,
  flow: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
  flowId: Type.String({ pattern: '^[A-Za-z0-9_-]{1,100}$' }),
  next: Type.Optional(Type.Unknown())
});

/** Where a runner sends a navigation without a session. The way back comes from what this service knows, never from the query. */
export function ticketPage(app: App, context: Context): void {
  const { addresses, config, tickets } = context;

  app.get(`/${PAGES.ticket}`, { schema: { hide: true, querystring: Query } }, async (request, reply) => {
    const session = await signedIn(context, request);
    if (!session) {
      const { next: _left, ...rest } = request.query;
      const start = `${addresses.prefix}${PAGES.ticket}?${new URLSearchParams(rest)}`;
      return askToSignIn(context, request, reply, { start });
    }
    const { dashboard: id, start, flow, flowId } = request.query;
    const next = safeNext(request.query.next);
    const aggregate = await shownTo(context, session.viewer, { id });
    void reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer');
    if (aggregate.runner?.startId !== start || aggregate.dashboard.desired === 'off') {
      // The server has been started anew since, and the stable link leads to it; or it is there only to build a new version
      // of a dashboard that has been stopped, and the stable link says so.
      const query = new URLSearchParams({ next, wait: '1' });
      return reply.redirect(`${addresses.prefix}${PAGES.dashboard(aggregate.dashboard.slug)}?${query}`, 302);
    }
    const ticket = await tickets.issue(aggregate.dashboard, start, session, flow);
    const query = new URLSearchParams({ ticket, flowId, next });
    const address = serverAddress(aggregate, config, addresses.baseUrl);
    return reply.redirect(`${address}${RUNNER_SEGMENT}/${RUNNER_PAGES.session}?${query}`, 302);
  });
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';

import { PAGES, versionPrefix } from '../../../contract';
import { safeNext } from '../../access/next';
import type { Context } from '../../context';
import { serverAddress } from '../../dashboards/addresses';
import { activeBuild, type DashboardAggregate } from '../../dashboards/dashboard';
import { visit } from '../../dashboards/visit';
import { visitVersion, type VersionVisit } from '../../dashboards/visit-version';
import type { App } from '../app';
import { signedIn } from '../viewer-session';
import { shownTo } from '../visible';
import { askToSignIn } from './sign-in';
import { sendCancelled, sendFailed, sendNoVersion, sendOff, sendWaiting } from './state-pages';
import { linkPath, parseLink, type Link } from './version-link';
import { STEP_WORDS } from './words';

const Slug = Type.Object({ slug: Type.String({ minLength: 1, maxLength: 200 }) });
/** Links are typed and cut off: what is nonsense there leads to the dashboard's beginning, not to an error. */
const Query = Type.Object({
  next: Type.Optional(Type.Unknown()),
  /** Show the starting page in any case: for those who come from an address that did not answer. */
  wait: Type.Optional(Type.Unknown())
});
const Server = Type.Object({
  owner: Type.String({ minLength: 1, maxLength: 255 }),
  server: Type.String({ minLength: 1, maxLength: 255 }),
  '*': Type.Optional(Type.String())
});

/** The stable link of a dashboard, and the address of its server while that does not answer. */
export function dashboardPage(app: App, context: Context): void {
  const { addresses, config, dashboards, hub } = context;

  const visitLink = (aggregate: DashboardAggregate, { version }: Link): Promise<VersionVisit> =>
    version === null ? visit(context, aggregate) : visitVersion(context, aggregate, version);
  const addressOf = (aggregate: DashboardAggregate, { version }: Link): string => {
    const server = serverAddress(aggregate, config, addresses.baseUrl);
    return version === null ? server : versionPrefix(server, version);
  };

  app.get('/d/:slug', { schema: { hide: true, params: Slug, querystring: Query } }, async (request, reply) => {
    const session = await signedIn(context, request);
    if (!session) {
      return askToSignIn(context, request, reply);
    }
    const link = parseLink(request.params.slug);
    const aggregate = await shownTo(context, session.viewer, link);
    const outcome = await visitLink(aggregate, link);
    const next = safeNext(request.query.next);
    switch (outcome.kind) {
      case 'open':
        return request.query.wait === '1'
          ? sendStarting(context, reply, aggregate, link, next, false)
          : reply.header('cache-control', 'no-store').redirect(addressOf(aggregate, link) + next, 302);
      case 'starting':
        return sendStarting(context, reply, aggregate, link, next, outcome.building);
      case 'gone':
        return sendNoVersion(context, reply, aggregate.dashboard, outcome.reason);
      case 'off':
        return sendOff(context, reply, aggregate.dashboard, session);
      case 'cancelled':
        return sendCancelled(context, reply, aggregate.dashboard, session, outcome.problem);
      case 'failed':
        return sendFailed(context, reply, aggregate.dashboard, session, outcome.problem);
    }
  });

  app.get('/d/:slug/', { schema: { hide: true, params: Slug } }, async (request, reply) => {
    const query = request.url.indexOf('?');
    const page = addresses.prefix + linkPath(parseLink(request.params.slug));
    return reply.header('cache-control', 'no-store').redirect(page + (query < 0 ? '' : request.url.slice(query)), 302);
  });

  app.get('/d/:slug/state', { schema: { hide: true, params: Slug, querystring: Query } }, async (request, reply) => {
    void reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
    const session = await signedIn(context, request);
    const link = parseLink(request.params.slug);
    const aggregate = await shownTo(context, session?.viewer ?? null, link);
    const { kind } = await visitLink(aggregate, link);
    const url = addressOf(aggregate, link) + safeNext(request.query.next);
    switch (kind) {
      case 'open':
        return { state: kind, url };
      case 'starting':
        return { state: kind, step: progress(context, aggregate).step };
      default:
        return { state: kind };
    }
  });

  const byServer = async (
    request: FastifyRequest<{ Params: { owner: string; server: string; '*'?: string } }>,
    reply: FastifyReply
  ) => {
    const session = await signedIn(context, request);
    const { owner, server } = request.params;
    if (!session) {
      const start = `${addresses.prefix}at/${encodeURIComponent(owner)}/${encodeURIComponent(server)}/`;
      return askToSignIn(context, request, reply, { start });
    }
    const { dashboard, runner } = await shownTo(context, session.viewer, { owner, serverName: server });
    // Whoever comes here was not let through to the server. The Hub knows whether it is there; our own picture may be
    // some seconds old, and believing it would send the browser round in circles.
    if (runner?.ready && !(await hub.servers(owner))?.get(server)?.ready) {
      await dashboards.endStart(runner.startId);
    }
    const query = new URLSearchParams({ next: restOf(request.url, addresses.prefix), wait: '1' });
    return reply
      .header('cache-control', 'no-store')
      .redirect(`${addresses.prefix}${PAGES.dashboard(dashboard.slug)}?${query}`, 302);
  };
  app.get('/at/:owner/:server', { schema: { hide: true, params: Server } }, byServer);
  app.get('/at/:owner/:server/*', { schema: { hide: true, params: Server } }, byServer);
}

/** What follows `at/<owner>/<server>/`, as it was written. */
function restOf(url: string, prefix: string): string {
  const [, , , ...rest] = url.slice(prefix.length).split('/');
  return safeNext(rest.join('/'));
}

function sendStarting(
  context: Context,
  reply: FastifyReply,
  aggregate: DashboardAggregate,
  link: Link,
  next: string,
  building: boolean
): FastifyReply {
  const page = context.addresses.prefix + linkPath(link);
  const query = next ? `?${new URLSearchParams({ next })}` : '';
  return sendWaiting(context, reply, aggregate.dashboard, {
    page: page + query,
    state: `${page}/state${query}`,
    building,
    ...progress(context, aggregate)
  });
}

/** What is being done for those who wait, and for how long already: a start lasts from the first visit on. */
function progress(context: Context, aggregate: DashboardAggregate): { step: string; seconds: number } {
  const build = activeBuild(aggregate);
  const since = Date.parse(build?.createdAt ?? aggregate.dashboard.updatedAt);
  const seconds = Math.max(0, Math.round((context.clock() - since) / 1_000));
  const stage = build?.state ?? (context.channels.connected(aggregate.dashboard.id) ? 'start' : 'server');
  return { step: STEP_WORDS[stage], seconds: build ? seconds : 0 };
}

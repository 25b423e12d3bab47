import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';

import { PAGES } from '../../../contract';
import { mayView } from '../../access/audience';
import { safeNext } from '../../access/next';
import type { SignedIn } from '../../access/viewers';
import type { Context } from '../../context';
import { serverAddress } from '../../dashboards/addresses';
import type { DashboardAggregate } from '../../dashboards/dashboard';
import { visit } from '../../dashboards/visit';
import { notFound } from '../../errors';
import type { App } from '../app';
import { html } from './html';
import { sendPage } from './layout';
import { sendProblemPage } from './problem-page';
import { askToSignIn, signedIn } from './sign-in';

const Slug = Type.Object({ slug: Type.String({ minLength: 1, maxLength: 200 }) });
const Query = Type.Object({
  next: Type.Optional(Type.String({ maxLength: 4_000 })),
  /** Show the starting page in any case: for those who come from an address that did not answer. */
  wait: Type.Optional(Type.Literal('1'))
});
const Server = Type.Object({
  owner: Type.String({ minLength: 1, maxLength: 255 }),
  server: Type.String({ minLength: 1, maxLength: 255 }),
  '*': Type.Optional(Type.String({ maxLength: 4_000 }))
});

/** The stable link of a dashboard, and the address of its server while that does not answer. */
export function dashboardPage(app: App, context: Context): void {
  const { addresses, config, dashboards, hub } = context;

  app.get('/d/:slug', { schema: { hide: true, params: Slug, querystring: Query } }, async (request, reply) => {
    const session = await signedIn(context, request);
    if (!session) {
      return askToSignIn(context, request, reply);
    }
    const aggregate = shownTo(session, await dashboards.bySlug(request.params.slug));
    const outcome = await visit(context, aggregate);
    const next = safeNext(request.query.next);
    switch (outcome.kind) {
      case 'open':
        return request.query.wait
          ? sendStarting(context, reply, aggregate, next, false)
          : reply
              .header('cache-control', 'no-store')
              .redirect(serverAddress(aggregate, config, addresses.baseUrl) + next, 302);
      case 'starting':
        return sendStarting(context, reply, aggregate, next, outcome.building);
      case 'off':
        return sendPage(context, reply, {
          title: aggregate.dashboard.name,
          body: html`<h1>${aggregate.dashboard.name} has been stopped by its owner</h1>
            <p>
              ${session.viewer.name === aggregate.dashboard.owner ? 'Start it from the dashboards panel in JupyterLab.' : `Ask ${aggregate.dashboard.owner} to start it again.`}
            </p>
            <p><a href="${addresses.prefix}">All dashboards</a></p>`
        });
      case 'failed':
        return session.viewer.name === aggregate.dashboard.owner && outcome.problem
          ? sendProblemPage(context, reply, outcome.problem)
          : sendPage(context, reply, {
              title: aggregate.dashboard.name,
              body: html`<h1>${aggregate.dashboard.name} does not work at the moment</h1>
                <p>Its owner, ${aggregate.dashboard.owner}, can see why. Try again in a minute.</p>
                <p><a href="${addresses.prefix}">All dashboards</a></p>`
            });
    }
  });

  app.get('/d/:slug/state', { schema: { hide: true, params: Slug, querystring: Query } }, async (request, reply) => {
    void reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
    const session = await signedIn(context, request);
    const aggregate = shownTo(session, await dashboards.bySlug(request.params.slug));
    const { kind } = await visit(context, aggregate);
    const url = serverAddress(aggregate, config, addresses.baseUrl) + safeNext(request.query.next);
    return kind === 'open' ? { state: kind, url } : { state: kind };
  });

  const byServer = async (
    request: FastifyRequest<{ Params: { owner: string; server: string; '*'?: string } }>,
    reply: FastifyReply
  ) => {
    const session = await signedIn(context, request);
    if (!session) {
      return askToSignIn(context, request, reply);
    }
    const { owner, server } = request.params;
    const { dashboard, runner } = shownTo(session, await dashboards.byServer(owner, server));
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

/** @throws ServiceError `not_found`, the same for strangers, for viewers who are not meant, and for no dashboard at all */
export function shownTo(session: SignedIn | null, aggregate: DashboardAggregate | null): DashboardAggregate {
  if (!session || !aggregate || aggregate.dashboard.deleting || !mayView(aggregate.dashboard, session.viewer)) {
    throw notFound();
  }
  return aggregate;
}

/** What follows `at/<owner>/<server>/`, as it was written. */
function restOf(url: string, prefix: string): string {
  const [, , , ...rest] = url.slice(prefix.length).split('/');
  return safeNext(rest.join('/'));
}

function sendStarting(
  context: Context,
  reply: FastifyReply,
  { dashboard }: DashboardAggregate,
  next: string,
  building: boolean
): FastifyReply {
  const page = context.addresses.prefix + PAGES.dashboard(dashboard.slug);
  const query = next ? `?${new URLSearchParams({ next })}` : '';
  return sendPage(context, reply, {
    title: dashboard.name,
    refresh: { seconds: 2, url: page + query },
    script: 'starting.js',
    body: html`<div data-state="${page}/state${query}">
      <h1>${dashboard.name}</h1>
      <p role="status">
        ${building ? 'This dashboard is being built. It opens here as soon as its server answers.' : 'This dashboard is starting. It opens here by itself.'}
      </p>
      <div class="bar" aria-hidden="true"><span></span></div>
    </div>`
  });
}

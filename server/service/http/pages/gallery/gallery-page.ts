import type { FastifyReply, FastifyRequest } from 'fastify';

import { API, type Dashboard } from '../../../../contract';
import { html, type Html } from '../../../../pages/html';
import { publishingOff } from '../../../access/publishers';
import type { SignedIn } from '../../../access/viewers';
import type { Context } from '../../../context';
import { listDashboards } from '../../../dashboards/list';
import type { App } from '../../app';
import { fetchSite } from '../../fetch-site';
import { signedIn } from '../../viewer-session';
import { notAllowed, show } from '../../visible';
import { changesOff } from '../../xsrf';
import { sendPage } from '../layout';
import { askToSignIn } from '../sign-in';
import { card } from './card';
import { emptyGallery } from './empty';
import { filterLinks, galleryAddress, pageLinks, readQuery, searchForm, type GalleryQuery } from './finding';

/** Divides by 2, 3 and 4 columns. */
const PAGE = 24;

/** All that a person may open: their own, and what others share with them. */
export function galleryPage(app: App, context: Context): void {
  app.get('/', { schema: { hide: true } }, async (request, reply) => {
    const session = await signedIn(context, request);
    return session
      ? sendGallery(context, reply, session, readQuery(request.query))
      : askToSignIn(context, request, reply);
  });
}

async function sendGallery(
  context: Context,
  reply: FastifyReply,
  session: SignedIn,
  query: GalleryQuery
): Promise<FastifyReply> {
  const { viewer } = session;
  const { addresses, dashboards } = context;
  const { request } = reply;
  if (query.filter === 'all' && !viewer.admin) {
    throw notAllowed(
      viewer,
      'Only administrators can list all dashboards.',
      'Look at yours and those shared with you.'
    );
  }
  const { aggregates, next } = await listDashboards(dashboards, viewer, { ...query, limit: String(PAGE) });
  const shown = aggregates.map(aggregate => show(context, request, viewer, aggregate));
  // Without fetch metadata the event stream is closed to pages, and the page works without a script.
  const live = fetchSite(request) !== null;
  return sendPage(context, reply, {
    title: 'Dashboards',
    script: live ? 'gallery' : undefined,
    body: html`<main id="content" class="gallery" data-events="${addresses.prefix}${API.events}">
      <h1>Dashboards</h1>
      ${searchForm(addresses.prefix, query)} ${filterLinks(addresses.prefix, query, viewer.admin)}
      <p id="notice" class="notice" role="alert" hidden></p>
      <p id="said" class="hidden" role="status"></p>
      <div id="results">${await results(context, request, session, query, shown, next)}</div>
    </main>`
  });
}

async function results(
  context: Context,
  request: FastifyRequest,
  session: SignedIn,
  query: GalleryQuery,
  shown: readonly Dashboard[],
  next: string | null
): Promise<Html> {
  const { addresses, clock, config, hub } = context;
  if (shown.length === 0 && !query.cursor) {
    const mayPublish = (await publishingOff(config, hub, session.viewer)) === null;
    return emptyGallery(addresses, query, mayPublish);
  }
  const allowed = changesOff(context, request) === null;
  const back = galleryAddress(addresses.prefix, query);
  const cards = shown.map(dashboard =>
    card(dashboard, {
      now: clock(),
      changes: allowed && (dashboard.mine || session.viewer.admin) ? { context, session, back } : null
    })
  );
  return html`<p class="found quiet">${found(shown.length, query.cursor !== undefined || next !== null)}</p>
    <ul class="cards" role="list">
      ${cards}
    </ul>
    ${pageLinks(addresses.prefix, query, next)}`;
}

function found(count: number, paged: boolean): string {
  const dashboards = count === 1 ? '1 dashboard' : `${count} dashboards`;
  return paged ? `${dashboards} on this page` : dashboards;
}

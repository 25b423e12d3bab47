import type { FastifyRequest } from 'fastify';

import { XSRF } from '../../contract';
import { notSignedIn } from '../access/scopes';
import type { AccessRefused } from '../access/access-refused';
import type { SignedIn } from '../access/viewers';
import type { Context } from '../context';
import { createDashboardsHost } from './dashboards-host';
import { fetchSite } from './fetch-site';
import { signedIn, viewerCookie } from './viewer-session';
import { notAllowed } from './visible';
import { checkChange, foreignPage } from './xsrf';

/**
 * What the service's own pages may change. Publishing, activating and sharing are not among it: they run code as the
 * owner, or show something to more people, and want a token that no other page on any origin can borrow.
 */
export const PAGE_CHANGES: ReadonlySet<string> = new Set([
  'POST dashboards/:id/start',
  'POST dashboards/:id/stop',
  'PATCH dashboards/:id',
  'DELETE dashboards/:id'
]);
const RENAMED = ['name', 'description'];

/**
 * Answers who calls from one of the service's own pages, by the viewer's cookie.
 * It throws ServiceError `not_signed_in`, `xsrf_failed` or `not_allowed`.
 */
export function createCookieCallers(context: Context): (request: FastifyRequest) => Promise<SignedIn> {
  const onDashboardsHost = createDashboardsHost(context.config);

  return async request => {
    if (viewerCookie(context, request) === undefined || onDashboardsHost(request)) {
      throw notSignedIn();
    }
    const reads = request.method === 'GET' || request.method === 'HEAD';
    const site = fetchSite(request);
    // Before anything is looked up: other pages do not even learn whether somebody is signed in.
    if (site !== 'same-origin' && !(reads && site === 'none')) {
      throw foreignPage('');
    }
    const session = await signedIn(context, request);
    if (!session) {
      throw notSignedIn();
    }
    if (!reads) {
      checkChange(context, request, session, request.headers[XSRF.header]);
      checkRight(context, request, session);
    }
    return session;
  };
}

/** @throws ServiceError `not_allowed` for changes that pages do not make */
function checkRight({ addresses }: Context, request: FastifyRequest, session: SignedIn): void {
  const route = request.routeOptions.url?.slice(`${addresses.prefix}api/v1/`.length);
  if (!PAGE_CHANGES.has(`${request.method} ${route}`)) {
    throw needsToken(session);
  }
}

/** For requests by cookie, once the body is there: a page renames a dashboard, and changes nothing else of it. */
export function checkRename(request: FastifyRequest, session: SignedIn): void {
  const fields = request.method === 'PATCH' ? Object.keys((request.body ?? {}) as object) : [];
  if (fields.some(field => !RENAMED.includes(field))) {
    throw needsToken(session);
  }
}

function needsToken({ viewer }: SignedIn): AccessRefused {
  return notAllowed(
    viewer,
    'This cannot be done from a page in the browser.',
    'Use the dashboards panel in JupyterLab, or the API with a token.'
  );
}

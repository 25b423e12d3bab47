import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

import type { SignedIn } from '../access/viewers';
import type { Problem } from '../../contract';
import type { Context } from '../context';
import { AccessRefused } from '../access/access-refused';
import { errorOf, problem, ServiceError } from '../errors';
import { dashboardsShareOrigin } from './dashboards-host';
import { fetchSite, foreignOrigin } from './fetch-site';

/** What a token of a page is good for. Signing out is allowed where changes are not. */
export type XsrfPurpose = 'change' | 'sign-out';

/** What a page carries to show that a request comes from it: bound to this sign-in and to one purpose. */
export function xsrfToken({ keys }: Context, { sessionId }: SignedIn, purpose: XsrfPurpose): string {
  return keys.mac(`xsrf ${purpose}`, sessionId);
}

/**
 * Why nothing can be changed from the pages that this request opens, or null if it can.
 *
 * Where dashboards share the service's origin, a dashboard could read the token out of a page of ours and act as its
 * viewer. Without fetch metadata nobody says where a request comes from.
 */
export function changesOff({ config }: Context, request: FastifyRequest): Problem | null {
  if (dashboardsShareOrigin(config)) {
    return problem(
      'not_allowed',
      'Nothing can be changed from this page, because dashboards share its address on this hub.',
      'Use the dashboards panel in JupyterLab.'
    );
  }
  return fetchSite(request) === null
    ? problem(
        'xsrf_failed',
        'Nothing can be changed from this page: the browser does not say which page a request comes from.',
        'Open it with https in a current browser, or use the dashboards panel in JupyterLab.'
      )
    : null;
}

/**
 * Lets a change by cookie pass when it comes from a page of ours.
 * @throws ServiceError `not_allowed` or `xsrf_failed`
 */
export function checkChange(context: Context, request: FastifyRequest, session: SignedIn, given: unknown): void {
  const off = changesOff(context, request);
  if (off) {
    throw new AccessRefused(errorOf(off, 403), { actor: session.viewer.name, dashboard: null });
  }
  if (fetchSite(request) !== 'same-origin') {
    throw foreignPage(session.viewer.name);
  }
  checkToken(context, request, session, 'change', given);
}

/** @throws ServiceError `xsrf_failed` unless `given` is this session's token for `purpose` */
export function checkToken(
  context: Context,
  request: FastifyRequest,
  session: SignedIn,
  purpose: XsrfPurpose,
  given: unknown
): void {
  const site = fetchSite(request);
  const wanted = Buffer.from(xsrfToken(context, session, purpose));
  const token = Buffer.from(typeof given === 'string' ? given : '');
  const right = token.length === wanted.length && timingSafeEqual(token, wanted);
  if (!right || (site !== null && site !== 'same-origin') || foreignOrigin(context, request)) {
    throw foreignPage(session.viewer.name);
  }
}

/**
 * A request that a page of ours has not sent.
 * @param actor empty where it is refused before anybody is looked up
 */
export function foreignPage(actor: string): AccessRefused {
  const failure = new ServiceError(
    'xsrf_failed',
    403,
    'This request did not come from a page of the dashboards service, or from one that is out of date.',
    'Reload the page and try again.'
  );
  return new AccessRefused(failure, { actor, dashboard: null });
}

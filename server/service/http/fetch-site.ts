import type { FastifyRequest } from 'fastify';

import type { Context } from '../context';
import { serviceUrl } from './service-url';

/**
 * `Sec-Fetch-Site`: where the page stands that has sent the request; `none` is the person's own doing. Null where the
 * browser does not say it: old ones never, and all of them on plain http that is not this machine.
 */
export function fetchSite(request: FastifyRequest): string | null {
  const value = request.headers['sec-fetch-site'];
  return typeof value === 'string' ? value.trim().toLowerCase() : null;
}

/**
 * Whether another page has sent this, other than by opening it in a tab: an image, a frame, a script's request. Visits
 * wake dashboards, and such a one is nobody's visit.
 */
export function fromForeignPage(request: FastifyRequest): boolean {
  const site = fetchSite(request);
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = request.headers;
  return (
    (site === 'cross-site' || site === 'same-site') &&
    (mode !== 'navigate' || (destination !== undefined && destination !== 'document'))
  );
}

/** Whether the request names, beside its metadata, a page of another host as its origin. */
export function foreignOrigin(context: Context, request: FastifyRequest): boolean {
  const { host, origin } = request.headers;
  if (origin === undefined) {
    return false;
  }
  // By host alone: whoever ends TLS in front of us may hide the scheme.
  const from = URL.canParse(origin) ? new URL(origin).host : null;
  return from === null || (from !== new URL(serviceUrl(context, request)).host && from !== host?.toLowerCase());
}

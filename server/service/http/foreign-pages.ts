import type { FastifyRequest } from 'fastify';

import type { Context } from '../context';
import { isUserOrigin } from './cors';
import { fetchSite } from './fetch-site';
import { foreignPage } from './xsrf';

/** How scripts of a page ask for what they may read; forms, links, images and `no-cors` requests say something else. */
const MODES = ['cors', 'same-origin'];

/**
 * Refuses changes that a browser sends for a page which is neither of this hub nor of one of its users. A browser would
 * not send a token along unasked; this is for tokens that got into the wrong page. Programs say nothing of a page.
 * @throws ServiceError `xsrf_failed`
 */
export function refuseForeignPages({ config }: Context, request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD') {
    return;
  }
  const site = fetchSite(request);
  const mode = request.headers['sec-fetch-mode'];
  const { origin } = request.headers;
  const ofUser = origin !== undefined && config.subdomainHost !== null && isUserOrigin(origin, config.subdomainHost);
  const foreign = site === 'cross-site' || (site === 'same-site' && !ofUser);
  if (foreign || origin === 'null' || (typeof mode === 'string' && !MODES.includes(mode))) {
    throw foreignPage('');
  }
}

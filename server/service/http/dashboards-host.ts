import type { FastifyRequest } from 'fastify';

import type { Config } from '../config';

/**
 * Recognises requests to the host of the dashboards' origin, whoever the owner in it is. It leads to the same proxy, and
 * dashboards' scripts run there: nobody may be signed in on it.
 */
export function createDashboardsHost({ dashboardsOrigin }: Config): (request: FastifyRequest) => boolean {
  const host = dashboardsOrigin?.split('://')[1];
  if (!host) {
    return () => false;
  }
  const pattern = new RegExp(`^${host.split('{owner}').map(escapePattern).join('[a-z0-9-]+')}$`, 'i');
  return request => pattern.test(request.headers.host ?? '');
}

/** Whether dashboards are served on the service's own origin, where their scripts can read all of its pages. */
export function dashboardsShareOrigin({ dashboardsOrigin, subdomainHost }: Config): boolean {
  return dashboardsOrigin === null && subdomainHost === null;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

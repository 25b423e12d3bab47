import type { Context } from '../../context';
import { ServiceError } from '../../errors';
import type { App } from '../app';
import { assetRoutes } from './assets';
import { dashboardPage } from './dashboard-page';
import { listPage } from './list-page';
import { signInRoutes } from './sign-in';
import { ticketPage } from './ticket-page';

/** What people open in a browser. */
export function pages(app: App, context: Context): void {
  const { addresses, config } = context;
  const dashboardsHost = hostPattern(config.dashboardsOrigin);

  app.addHook('onRequest', async (request, reply) => {
    // The dashboards' origin leads to the same proxy. Nobody may be signed in there, where dashboards' scripts run.
    if (dashboardsHost?.test(request.headers.host ?? '')) {
      if (!addresses.serviceOrigin) {
        throw new ServiceError(
          'not_found',
          404,
          'There is nothing at this address.',
          'Open the address of JupyterHub itself.'
        );
      }
      return reply.header('cache-control', 'no-store').redirect(addresses.serviceOrigin + request.url, 302);
    }
  });
  assetRoutes(app);
  signInRoutes(app, context);
  listPage(app, context);
  dashboardPage(app, context);
  ticketPage(app, context);
}

/** Recognises the host of the dashboards' origin, whoever the owner in it is. */
function hostPattern(origin: string | null): RegExp | null {
  const host = origin?.split('://')[1];
  return host ? new RegExp(`^${host.split('{owner}').map(escapePattern).join('[a-z0-9-]+')}$`, 'i') : null;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

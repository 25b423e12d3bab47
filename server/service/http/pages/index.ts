import type { Context } from '../../context';
import { ServiceError } from '../../errors';
import type { App } from '../app';
import { createDashboardsHost } from '../dashboards-host';
import { fromForeignPage } from '../fetch-site';
import { foreignPage } from '../xsrf';
import { assetRoutes } from './assets';
import { changeForms } from './change-forms';
import { dashboardPage } from './dashboard-page';
import { acceptForms } from './forms';
import { galleryPage } from './gallery/gallery-page';
import { signInRoutes } from './sign-in';
import { signOutRoutes } from './sign-out';
import { ticketPage } from './ticket-page';

/** What people open in a browser. */
export function pages(app: App, context: Context): void {
  const { addresses, config } = context;
  const onDashboardsHost = createDashboardsHost(config);

  app.addHook('onRequest', async (request, reply) => {
    if (onDashboardsHost(request)) {
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
    if (fromForeignPage(request)) {
      throw foreignPage('');
    }
  });
  assetRoutes(app);
  acceptForms(app);
  signInRoutes(app, context);
  signOutRoutes(app, context);
  galleryPage(app, context);
  dashboardPage(app, context);
  changeForms(app, context);
  ticketPage(app, context);
}

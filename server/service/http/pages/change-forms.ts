import { Type } from 'typebox';

import { PAGES } from '../../../contract';
import type { Context } from '../../context';
import { mayStart, startDashboard, stopDashboard } from '../../dashboards/start-stop';
import type { App } from '../app';
import { signedIn } from '../viewer-session';
import { managedDashboard } from '../visible';
import { checkChange } from '../xsrf';
import { FORM_FIELDS } from './forms';
import { askToSignIn } from './sign-in';

const Slug = Type.Object({ slug: Type.String({ minLength: 1, maxLength: 200 }) });
const Params = Type.Object({
  slug: Type.String({ minLength: 1, maxLength: 200 }),
  action: Type.Enum(['start', 'stop'])
});
const Form = Type.Object({ ...FORM_FIELDS, back: Type.Optional(Type.String({ maxLength: 2_000 })) });

/** The buttons of our pages, for browsers without scripts. */
export function changeForms(app: App, context: Context): void {
  const { addresses } = context;

  app.post('/d/:slug/:action', { schema: { hide: true, params: Params, body: Form } }, async (request, reply) => {
    const { slug, action } = request.params;
    const page = addresses.prefix + PAGES.dashboard(slug);
    const session = await signedIn(context, request);
    if (!session) {
      return askToSignIn(context, request, reply, { address: page });
    }
    checkChange(context, request, session, request.body.xsrf);
    const aggregate = await managedDashboard(context, session.viewer, { slug });
    if (action === 'stop') {
      await stopDashboard(context, aggregate, session.viewer.name);
    } else if (mayStart(aggregate)) {
      await startDashboard(context, aggregate, session.viewer.name);
    }
    // Where there is nothing to start, the dashboard's page says why and leads to JupyterLab.
    // Where a dashboard runs already, its page would lead on to it: browsers let no form end on another origin.
    return reply.header('cache-control', 'no-store').redirect(ownPage(request.body.back) ?? `${page}?wait=1`, 303);
  });

  // What a reload asks for after a form whose answer was an error page.
  for (const action of ['start', 'stop']) {
    app.get(`/d/:slug/${action}`, { schema: { hide: true, params: Slug } }, async (request, reply) =>
      reply
        .header('cache-control', 'no-store')
        .redirect(addresses.prefix + PAGES.dashboard(encodeURIComponent(request.params.slug)), 302)
    );
  }

  /** A page of the gallery, or null for any other address. */
  function ownPage(address: string | undefined): string | null {
    const { prefix } = addresses;
    return address !== undefined && (address === prefix || address.startsWith(`${prefix}?`)) ? address : null;
  }
}

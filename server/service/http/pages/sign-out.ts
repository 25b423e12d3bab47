import { Type } from 'typebox';

import { html } from '../../../pages/html';
import type { Context } from '../../context';
import type { App } from '../app';
import { setViewerCookie, signedIn, viewerCookie } from '../viewer-session';
import { checkToken } from '../xsrf';
import { FORM_FIELDS } from './forms';
import { sendPage } from './layout';
import { signOutForm } from './sign-out-form';

const Form = Type.Object(FORM_FIELDS);

/** Ends the sign-in here, in all open dashboards and at the Hub. A link signs nobody out: it may stand on any page. */
export function signOutRoutes(app: App, context: Context): void {
  const { addresses, channels, viewers } = context;
  const hubSignOut = `${addresses.hubUrl}logout`;

  app.get('/logout', { schema: { hide: true } }, async (request, reply) => {
    const session = await signedIn(context, request);
    return session
      ? sendPage(context, reply, {
          title: 'Sign out',
          body: html`<main id="content" class="state">
            <h1>Sign out?</h1>
            <p>You leave JupyterHub and every dashboard that is open in this browser.</p>
            <div class="actions">${signOutForm(context, session)}</div>
          </main>`
        })
      : reply.header('cache-control', 'no-store').redirect(hubSignOut, 302);
  });

  app.post('/logout', { schema: { hide: true, body: Form } }, async (request, reply) => {
    const session = await signedIn(context, request);
    if (session) {
      checkToken(context, request, session, 'sign-out', request.body.xsrf);
      const ended = await viewers.signOut(viewerCookie(context, request));
      for (const ticket of ended) {
        channels.push(ticket.dashboardId, { kind: 'ended', sessions: [ticket.id] });
      }
      setViewerCookie(context, request, reply, '');
    }
    return reply.header('cache-control', 'no-store').redirect(hubSignOut, 303);
  });
}

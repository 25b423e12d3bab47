import type { Dashboard, DashboardState } from '../../../contract';
import { mayView } from '../../access/audience';
import type { Context } from '../../context';
import type { App } from '../app';
import { show } from '../visible';
import { html, type Html } from './html';
import { sendPage } from './layout';
import { askToSignIn, signedIn } from './sign-in';

const WORDS: Record<DashboardState, string> = {
  building: 'being built',
  starting: 'starting',
  running: 'running',
  asleep: 'asleep, starts when opened',
  off: 'stopped by its owner',
  failed: 'does not work at the moment'
};

/** All that a person may open: their own, and what others share with them. */
export function listPage(app: App, context: Context): void {
  app.get('/', { schema: { hide: true } }, async (request, reply) => {
    const session = await signedIn(context, request);
    if (!session) {
      return askToSignIn(context, request, reply);
    }
    const { viewer } = session;
    const { dashboards, addresses } = context;
    const mine = await dashboards.list({ owner: viewer.name });
    const shared = (await dashboards.list({ shared: true })).filter(
      ({ dashboard }) => dashboard.owner !== viewer.name && mayView(dashboard, viewer)
    );
    const shown = (list: typeof mine) => list.map(aggregate => show(context, request, viewer, aggregate));
    return sendPage(context, reply, {
      title: 'Dashboards',
      body: html`<h1>Dashboards</h1>
        ${section('Mine', shown(mine), 'None yet. In JupyterLab, right-click a notebook or script and choose “Publish as dashboard”.')}
        ${section('Shared with me', shown(shared), 'Nobody has shared a dashboard with you yet.')}
        <p class="quiet">Signed in as ${viewer.name}. <a href="${addresses.prefix}logout">Sign out</a></p>`
    });
  });
}

function section(title: string, dashboards: readonly Dashboard[], none: string): Html {
  return html`<h2>${title}</h2>
    ${
      dashboards.length === 0
        ? html`<p class="quiet">${none}</p>`
        : html`<ul class="list">
            ${dashboards.map(item)}
          </ul>`
    }`;
}

function item({ name, description, link, owner, mine, state }: Dashboard): Html {
  return html`<li>
    <a href="${link}">${name}</a>
    <span class="quiet">${mine ? '' : `by ${owner}, `}${WORDS[state]}</span>
    ${description ? html`<br />${description}` : null}
  </li>`;
}

import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Type } from 'typebox';
import { Value } from 'typebox/value';

import { sleep, type Connection } from './connection';
import { DashboardsError } from './errors';
import { misunderstood } from './request';

/** Reply of this product's Jupyter Server extension, at `<baseUrl>jupyterhub-dashboards/context`. */
const ServerContext = Type.Object({
  hub: Type.Boolean(),
  serviceUrl: Type.String(),
  root: Type.String(),
  home: Type.String()
});

/** Where this Lab's files are on its server's disk. Absolute. */
export interface Folders {
  /** What the file browser shows as its top folder. */
  root: string;
  home: string;
}

/**
 * Why nothing can be published from this Lab at all:
 * - `no-hub`: JupyterLab was not started by a JupyterHub
 * - `no-extension`: the server part of the product is not installed or not enabled
 * - `foreign-server`: it is somebody else's Lab; code published from it would run as the person looking at it
 */
export type Obstacle = 'no-hub' | 'no-extension' | 'foreign-server';

/** Whether this Lab can reach the dashboards service, and how. */
export type Access =
  { kind: 'ready'; connection: Connection; folders: Folders } | { kind: 'off'; obstacle: Obstacle; owner: string };

/** What this page knows about the hub, given by the hub's own server when it rendered the page. */
export interface HubPage {
  prefix: string;
  user: string;
  serverUser: string;
  token: string;
}

/** Read {@link HubPage} from the page. */
export function hubPage(): HubPage {
  return {
    prefix: PageConfig.getOption('hubPrefix'),
    user: PageConfig.getOption('hubUser'),
    serverUser: PageConfig.getOption('hubServerUser'),
    token: PageConfig.getToken()
  };
}

/** Find out whether and how the service can be reached. Asks nobody while there is no hub. */
export async function findAccess(
  page: HubPage,
  settings: ServerConnection.ISettings,
  trans: TranslationBundle
): Promise<Access> {
  const off = (obstacle: Obstacle): Access => ({ kind: 'off', obstacle, owner: page.serverUser });
  if (page.prefix === '') {
    return off('no-hub');
  }
  if (page.serverUser !== '' && page.user !== page.serverUser) {
    return off('foreign-server');
  }
  const connection: Connection = {
    serviceUrl: '',
    token: page.token,
    // Not `settings.fetch`: the service is not part of this Lab's server.
    fetch: (input, init) => window.fetch(input, init),
    sleep,
    trans
  };
  const response = await requestContext(settings, trans);
  if (response.status === 404) {
    return off('no-extension');
  }
  const reply: unknown = await response.json().catch(() => undefined);
  if (!response.ok || !Value.Check(ServerContext, reply)) {
    throw new DashboardsError(misunderstood(connection));
  }
  if (!reply.hub) {
    return off('no-hub');
  }
  connection.serviceUrl = new URL(reply.serviceUrl.replace(/\/*$/, '/'), window.location.href).href;
  return { kind: 'ready', connection, folders: { root: reply.root, home: reply.home } };
}

async function requestContext(settings: ServerConnection.ISettings, trans: TranslationBundle): Promise<Response> {
  try {
    const url = URLExt.join(settings.baseUrl, 'jupyterhub-dashboards', 'context');
    return await ServerConnection.makeRequest(url, {}, settings);
  } catch (error) {
    throw new DashboardsError(
      {
        code: 'service_unavailable',
        message: trans.__('Your JupyterLab server does not answer.'),
        fix: trans.__('Check your connection, or restart your server from the hub’s home page.')
      },
      { cause: error }
    );
  }
}

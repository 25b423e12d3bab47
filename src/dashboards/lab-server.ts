import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

import { ErrorReply, type Problem } from '../../server/contract';
import { DashboardsError } from './errors';

/** Where this Lab's own server is, and the language of what goes wrong there. */
export interface LabServer {
  settings: ServerConnection.ISettings;
  trans: TranslationBundle;
}

/** What there is to ask for: the last part of the address. */
type Kind = 'plan' | 'git' | 'push';

/**
 * Ask this Lab's own server, which has the files, about them or to do something with them.
 *
 * @throws DashboardsError, or what `signal` was aborted with
 */
export async function askServer<S extends TSchema>(
  server: LabServer,
  kind: Kind,
  schema: S,
  body: unknown,
  signal: AbortSignal
): Promise<Static<S>> {
  return answered(server, schema, kind, { method: 'POST', body: JSON.stringify(body), signal });
}

/** The same, for how something goes that was begun there. */
export async function readServer<S extends TSchema>(
  server: LabServer,
  kind: Kind,
  schema: S,
  query: Record<string, string>,
  signal: AbortSignal
): Promise<Static<S>> {
  return answered(server, schema, `${kind}?${new URLSearchParams(query)}`, { signal });
}

async function answered<S extends TSchema>(
  { settings, trans }: LabServer,
  schema: S,
  address: string,
  init: RequestInit & { signal: AbortSignal }
): Promise<Static<S>> {
  const { signal } = init;
  let response: Response;
  try {
    const url = URLExt.join(settings.baseUrl, 'jupyterhub-dashboards', address);
    response = await ServerConnection.makeRequest(url, init, settings);
  } catch (error) {
    signal.throwIfAborted();
    throw new DashboardsError(
      {
        code: 'service_unavailable',
        message: trans.__('Your JupyterLab server does not answer.'),
        fix: trans.__('Check your connection, or restart your server from the hub’s home page.')
      },
      { cause: error }
    );
  }
  const reply: unknown = await response.json().catch(() => undefined);
  signal.throwIfAborted();
  if (response.ok && Value.Check(schema, reply)) {
    return reply;
  }
  throw new DashboardsError(Value.Check(ErrorReply, reply) ? reply.error : anotherVersion(trans));
}

/** It has no such address, or says something else there: page and server were installed at different times. */
function anotherVersion(trans: TranslationBundle): Problem {
  return {
    code: 'service_unavailable',
    message: trans.__('The dashboards extension on your JupyterLab server is of another version than this page.'),
    fix: trans.__('Restart your server from the hub’s home page, then reload this page.')
  };
}

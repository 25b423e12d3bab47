import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

import { ErrorReply, type Problem } from '../../server/contract';
import type { Connection } from './connection';
import { DashboardsError, isAbort } from './errors';

/** How a request differs from a plain GET. */
export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/**
 * Send a request to the service.
 *
 * @returns the response, whose status is below 400
 * @throws DashboardsError in every other case, except that an abort stays an abort
 */
export async function send(connection: Connection, path: string, options: RequestOptions = {}): Promise<Response> {
  const { body, headers, ...rest } = options;
  let response: Response;
  try {
    response = await connection.fetch(connection.serviceUrl + path, {
      ...rest,
      cache: 'no-store',
      headers: {
        Authorization: `token ${connection.token}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    });
  } catch (error) {
    if (isAbort(error)) {
      throw error;
    }
    throw new DashboardsError(unavailable(connection), { cause: error });
  }
  if (!response.ok) {
    throw new DashboardsError(await problemOf(connection, response));
  }
  return response;
}

/** Send a request and check its reply against the contract. */
export async function call<S extends TSchema>(
  connection: Connection,
  schema: S,
  path: string,
  options: RequestOptions = {}
): Promise<Static<S>> {
  const response = await send(connection, path, options);
  const reply: unknown = await response.json().catch(() => undefined);
  if (!Value.Check(schema, reply)) {
    throw new DashboardsError(misunderstood(connection));
  }
  return reply;
}

/** The reply did not follow the contract: two versions of the product that do not fit, or something in between. */
export function misunderstood({ trans }: Connection): Problem {
  return {
    code: 'internal',
    message: trans.__('The dashboards service answered something that JupyterLab does not understand.'),
    fix: trans.__(
      'Restart your server to get the version of this extension that fits the hub. If that does not help, tell your administrator.'
    )
  };
}

function unavailable({ trans }: Connection): Problem {
  return {
    code: 'service_unavailable',
    message: trans.__('The dashboards service does not answer.'),
    fix: trans.__('Try again in a minute. If it stays so, tell your administrator.')
  };
}

/** What the service said; or, where something in front of it answered instead, what the status says. */
async function problemOf(connection: Connection, response: Response): Promise<Problem> {
  const { trans } = connection;
  const reply: unknown = await response.json().catch(() => undefined);
  if (Value.Check(ErrorReply, reply)) {
    return reply.error;
  }
  switch (response.status) {
    case 401:
    case 403:
      return {
        code: 'not_signed_in',
        message: trans.__('The hub no longer accepts this page’s sign-in.'),
        fix: trans.__('Reload the page to sign in again.')
      };
    case 404:
      return {
        code: 'service_unavailable',
        message: trans.__('The hub has no dashboards service at the expected address.'),
        fix: trans.__('Ask your administrator to check that jupyterhub-dashboards is configured and running.')
      };
    case 502:
    case 503:
    case 504:
      return unavailable(connection);
    default:
      return misunderstood(connection);
  }
}

import { SERVICE_SCOPE, type ErrorCode } from '../../contract';
import { ServiceError } from '../errors';
import { AccessRefused } from './access-refused';
import type { Identity } from './hub-people';

const BROAD_SERVICE_SCOPE = 'access:services';
const SERVER_SCOPE = 'access:servers!server=';

/** Whether a token lets its holder in to this service at all. */
export function opensService(scopes: readonly string[]): boolean {
  return scopes.includes(SERVICE_SCOPE) || scopes.includes(BROAD_SERVICE_SCOPE);
}

/** `access:servers!server=<owner>/<name>`, as a server's own token has it. */
export function serverScope(owner: string, serverName: string): string {
  return `${SERVER_SCOPE}${owner}/${serverName}`;
}

/** The servers that a token is bound to by name, as `[owner, server name]`. */
export function boundServers(scopes: readonly string[]): [string, string][] {
  return scopes
    .filter(scope => scope.startsWith(SERVER_SCOPE))
    .map(scope => scope.slice(SERVER_SCOPE.length))
    .map(server => {
      const slash = server.indexOf('/');
      return slash < 0 ? [server, ''] : [server.slice(0, slash), server.slice(slash + 1)];
    });
}

/**
 * Lets a caller of the API in, or says why not. A token that was made for somebody else's server is refused: when an
 * administrator opens Alice's Lab, Alice's server process holds a token of the administrator's with exactly our scope.
 *
 * A token that opens all of the caller's own servers as well (`access:servers`, `access:servers!user=<caller>`) is none
 * of those: it is the caller's own API token, in which servers that others share with the caller are named one by one;
 * and whoever holds it can run code as the caller without us.
 * @throws ServiceError `not_signed_in`; AccessRefused `scope_missing` or `foreign_server`
 */
export function admitCaller(identity: Identity | null): asserts identity is Identity {
  if (!identity) {
    throw notSignedIn();
  }
  if (identity.kind !== 'user') {
    throw new ServiceError(
      'not_signed_in',
      401,
      `This token belongs to the ${identity.kind} ${identity.name}, and dashboards belong to users.`,
      `Use the token of a user, with the scope ${SERVICE_SCOPE}: they make one on the Hub's page "Token".`
    );
  }
  const { name, scopes } = identity;
  if (!opensService(scopes)) {
    throw refusedTo(
      name,
      'scope_missing',
      'This token may not use the dashboards service.',
      `Use a token with the scope ${SERVICE_SCOPE}. In JupyterLab: restart your server once, so that it gets one.`
    );
  }
  const ownServers = scopes.includes('access:servers') || scopes.includes(`access:servers!user=${name}`);
  const foreign = boundServers(scopes).find(([owner]) => owner !== name);
  if (foreign && !ownServers) {
    throw refusedTo(
      name,
      'foreign_server',
      `You are working in the server of ${foreign[0]}, where nothing can be published as ${name}.`,
      'Open your own JupyterLab and publish from there.'
    );
  }
}

/**
 * The caller's own server whose token this is: empty for the default one, null where it is no server's. Whose a server is
 * decides nothing more than which of the caller's own servers is looked at.
 */
export function callingServer({ name, scopes = [] }: Pick<Identity, 'name'> & Partial<Identity>): string | null {
  const own = boundServers(scopes).filter(([owner]) => owner === name);
  const [first] = own;
  return own.length === 1 && first ? first[1] : null;
}

/** A decision against `actor` that is about no dashboard. */
export function refusedTo(actor: string, code: ErrorCode, message: string, fix: string): AccessRefused {
  return new AccessRefused(new ServiceError(code, 403, message, fix), { actor, dashboard: null });
}

export function notSignedIn(): ServiceError {
  return new ServiceError(
    'not_signed_in',
    401,
    'You are not signed in to JupyterHub, or no longer.',
    'Sign in to JupyterHub and reload this page.'
  );
}

import type { FastifyRequest } from 'fastify';

import { SERVER_NAME_PREFIX } from '../../contract';
import type { AccessRefused, Refused } from '../access/access-refused';
import type { Identity } from '../access/hub-people';
import { HUB_AWAY_MS } from '../access/identities';
import { boundServers, notSignedIn, serverScope } from '../access/scopes';
import type { Context } from '../context';
import type { DashboardAggregate } from '../dashboards/dashboard';
import { ServiceError } from '../errors';
import { tokenOf } from './authentication';
import { notAllowed } from './visible';

/**
 * The dashboard whose current start this is, if the token is that of its own server.
 * @throws ServiceError `state_conflict` when the start is over, `not_allowed` for any other token
 */
export async function runnerOf(
  context: Context,
  request: FastifyRequest,
  startId: string
): Promise<DashboardAggregate> {
  const identity = await identify(context, request);
  const aggregate = await context.dashboards.byStart(startId);
  if (!aggregate) {
    throw new ServiceError(
      'state_conflict',
      409,
      'This start of the dashboard is over: a newer one has taken its place.',
      'Stop this runner.'
    );
  }
  const { owner, serverName } = aggregate.dashboard;
  if (identity.name !== owner || !identity.scopes.includes(serverScope(owner, serverName))) {
    throw notTheServer(identity, aggregate.dashboard);
  }
  return aggregate;
}

/** The dashboard in whose server this token is, for a server that knows no start. */
export async function serverOf(context: Context, request: FastifyRequest): Promise<DashboardAggregate> {
  const identity = await identify(context, request);
  const { name, scopes } = identity;
  for (const [owner, server] of boundServers(scopes)) {
    if (owner === name && server.startsWith(SERVER_NAME_PREFIX)) {
      const aggregate = await context.dashboards.byServer(owner, server);
      if (aggregate) {
        return aggregate;
      }
    }
  }
  throw notTheServer(identity, null);
}

async function identify({ identities }: Context, request: FastifyRequest): Promise<Identity> {
  const identity = await identities.of(tokenOf(request), { staleMs: HUB_AWAY_MS });
  if (identity?.kind !== 'user') {
    throw notSignedIn();
  }
  return identity;
}

function notTheServer(identity: Identity, dashboard: Refused['dashboard']): AccessRefused {
  return notAllowed(
    identity,
    "This is not the token of the dashboard's own server.",
    "Only the dashboard's runner calls this route.",
    dashboard
  );
}

import type { FastifyRequest } from 'fastify';

import type { Dashboard } from '../../contract';
import { AccessRefused, type Refused } from '../access/access-refused';
import { mayView, type Viewer } from '../access/audience';
import type { Context } from '../context';
import type { DashboardAggregate } from '../dashboards/dashboard';
import { viewDashboard } from '../dashboards/view';
import { notFound, ServiceError } from '../errors';
import { serviceUrl } from './service-url';
import type { Caller } from './authentication';

/** @throws ServiceError `not_found`, the same for what does not exist and what the caller may not see */
export async function visibleDashboard(context: Context, caller: Caller, id: string): Promise<DashboardAggregate> {
  const aggregate = await context.dashboards.get(id);
  return caller.admin && aggregate && !aggregate.dashboard.deleting ? aggregate : shownTo(caller, aggregate);
}

/**
 * What somebody may open, administrators no more than others.
 * @param viewer null: somebody who is not signed in
 * @throws ServiceError `not_found`, the same for strangers, for viewers who are not meant, and for no dashboard at all
 */
export function shownTo(viewer: Viewer | null, aggregate: DashboardAggregate | null): DashboardAggregate {
  if (!viewer || !aggregate || aggregate.dashboard.deleting) {
    throw notFound();
  }
  if (!mayView(aggregate.dashboard, viewer)) {
    throw new AccessRefused(notFound(), { actor: viewer.name, dashboard: aggregate.dashboard });
  }
  return aggregate;
}

/** What only its owner may do. */
export async function ownDashboard(context: Context, caller: Caller, id: string): Promise<DashboardAggregate> {
  const aggregate = await visibleDashboard(context, caller, id);
  if (aggregate.dashboard.owner !== caller.name) {
    throw notAllowed(caller, 'Only its owner can do that with a dashboard.', 'Ask its owner.', aggregate.dashboard);
  }
  return aggregate;
}

/** What its owner and administrators may do. */
export async function managedDashboard(context: Context, caller: Caller, id: string): Promise<DashboardAggregate> {
  const aggregate = await visibleDashboard(context, caller, id);
  if (aggregate.dashboard.owner !== caller.name && !caller.admin) {
    throw notAllowed(
      caller,
      'Only its owner or an administrator can do that with a dashboard.',
      'Ask its owner.',
      aggregate.dashboard
    );
  }
  return aggregate;
}

/** @param dashboard null where it is not about one */
export function notAllowed(
  caller: { name: string },
  message: string,
  fix: string,
  dashboard: Refused['dashboard'] = null
): AccessRefused {
  return new AccessRefused(new ServiceError('not_allowed', 403, message, fix), { actor: caller.name, dashboard });
}

/** A dashboard as this caller sees it. */
export function show(
  context: Context,
  request: FastifyRequest,
  viewer: Viewer,
  aggregate: DashboardAggregate
): Dashboard {
  return viewDashboard(aggregate, {
    viewer,
    connected: context.channels.connected(aggregate.dashboard.id),
    serviceUrl: serviceUrl(context, request)
  });
}

/** The same, read anew. */
export async function showNow(
  context: Context,
  request: FastifyRequest,
  viewer: Viewer,
  id: string
): Promise<Dashboard> {
  const aggregate = await context.dashboards.get(id);
  if (!aggregate) {
    throw notFound();
  }
  return show(context, request, viewer, aggregate);
}

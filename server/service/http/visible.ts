import type { FastifyRequest } from 'fastify';

import type { Dashboard } from '../../contract';
import { AccessRefused, type Refused } from '../access/access-refused';
import { mayView, type Viewer } from '../access/audience';
import type { Context } from '../context';
import type { DashboardAggregate } from '../dashboards/dashboard';
import { subjectsOf } from '../dashboards/listing';
import type { Which } from '../dashboards/store';
import { viewDashboard } from '../dashboards/view';
import { notFound, ServiceError } from '../errors';
import { serviceUrl } from './service-url';
import type { Caller } from './authentication';

/**
 * What somebody may open, administrators no more than others.
 * @param viewer null: somebody who is not signed in
 * @throws ServiceError `not_found`, the same and after the same work for strangers, for viewers who are not meant, and for
 *   no dashboard at all
 */
export async function shownTo(context: Context, viewer: Viewer | null, which: Which): Promise<DashboardAggregate> {
  if (!viewer) {
    throw notFound();
  }
  const aggregate = await context.dashboards.listed(which, subjectsOf(viewer, undefined));
  // The index finds it; the rule decides.
  if (aggregate && mayView(aggregate.dashboard, viewer)) {
    return aggregate;
  }
  // Looked for whether it is there or not: it is to be recorded whose dashboard was refused.
  throw new AccessRefused(notFound(), { actor: viewer.name, dashboard: await context.dashboards.named(which) });
}

/** The same for callers of the API: administrators see all. */
export async function visibleDashboard(context: Context, caller: Caller, which: Which): Promise<DashboardAggregate> {
  if (!caller.admin) {
    return shownTo(context, caller, which);
  }
  const aggregate = await context.dashboards.listed(which, subjectsOf(caller, 'all'));
  if (!aggregate) {
    throw notFound();
  }
  return aggregate;
}

/** What only its owner may do. */
export async function ownDashboard(context: Context, caller: Caller, id: string): Promise<DashboardAggregate> {
  const aggregate = await visibleDashboard(context, caller, { id });
  if (aggregate.dashboard.owner !== caller.name) {
    throw notAllowed(caller, 'Only its owner can do that with a dashboard.', 'Ask its owner.', aggregate.dashboard);
  }
  return aggregate;
}

/** What its owner and administrators may do. */
export async function managedDashboard(context: Context, caller: Caller, which: Which): Promise<DashboardAggregate> {
  const aggregate = await visibleDashboard(context, caller, which);
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

/**
 * The same, read anew.
 * @throws ServiceError `not_found` where it has been deleted meanwhile
 */
export async function showNow(
  context: Context,
  request: FastifyRequest,
  viewer: Viewer,
  id: string
): Promise<Dashboard> {
  const aggregate = await context.dashboards.get(id);
  if (!aggregate || aggregate.dashboard.deleting) {
    throw notFound();
  }
  return show(context, request, viewer, aggregate);
}

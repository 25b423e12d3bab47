import { Type } from 'typebox';

import {
  BuildReply,
  DashboardList,
  DashboardReply,
  ErrorReply,
  IDEMPOTENCY_HEADER,
  ListQuery,
  PatchRequest,
  PublishRequest
} from '../../../contract';
import { checkPublisher } from '../../access/publishers';
import { callingServer } from '../../access/scopes';
import type { Context } from '../../context';
import { listDashboards } from '../../dashboards/list';
import { patchDashboard } from '../../dashboards/patch';
import { startDashboard, stopDashboard } from '../../dashboards/start-stop';
import type { App } from '../app';
import { callerOf } from '../authentication';
import { managedDashboard, notAllowed, ownDashboard, show, showNow, visibleDashboard } from '../visible';
import { buildReply } from './build-reply';
import { IdempotencyKey, IdParams, replies } from './replies';

/** Dashboards: publish, look, change, start and stop, delete. */
export function dashboardRoutes(app: App, context: Context): void {
  const { config, hub, dashboards, publisher, removal } = context;

  app.post(
    '/dashboards',
    { schema: { headers: IdempotencyKey, body: PublishRequest, response: replies(BuildReply, 201) } },
    async (request, reply) => {
      const caller = callerOf(request);
      await checkPublisher(config, hub, caller, null);
      const { buildId } = await publisher.publish(
        caller.name,
        request.body,
        request.headers[IDEMPOTENCY_HEADER],
        callingServer(caller)
      );
      reply.code(201);
      return buildReply(context, request, caller, buildId);
    }
  );

  app.get('/dashboards', { schema: { querystring: ListQuery, response: replies(DashboardList) } }, async request => {
    const caller = callerOf(request);
    if (request.query.filter === 'all' && !caller.admin) {
      throw notAllowed(
        caller,
        'Only administrators can list all dashboards.',
        'List without this filter: yours and those shared with you.'
      );
    }
    const { aggregates, next } = await listDashboards(dashboards, caller, request.query);
    return { dashboards: aggregates.map(aggregate => show(context, request, caller, aggregate)), next };
  });

  app.get('/dashboards/:id', { schema: { params: IdParams, response: replies(DashboardReply) } }, async request => {
    const caller = callerOf(request);
    const aggregate = await visibleDashboard(context, caller, request.params);
    return { dashboard: show(context, request, caller, aggregate) };
  });

  app.patch(
    '/dashboards/:id',
    { schema: { params: IdParams, body: PatchRequest, response: replies(DashboardReply) } },
    async request => {
      const caller = callerOf(request);
      const { dashboard } = await ownDashboard(context, caller, request.params.id);
      await patchDashboard(context, dashboard, request.body, caller.name);
      return { dashboard: await showNow(context, request, caller, dashboard.id) };
    }
  );

  app.delete(
    '/dashboards/:id',
    { schema: { params: IdParams, response: { 204: Type.Null(), '4xx': ErrorReply, '5xx': ErrorReply } } },
    async (request, reply) => {
      const caller = callerOf(request);
      await removal.remove(await managedDashboard(context, caller, request.params), caller.name);
      return reply.code(204).send(null);
    }
  );

  app.post(
    '/dashboards/:id/start',
    { schema: { params: IdParams, response: replies(DashboardReply) } },
    async request => {
      const caller = callerOf(request);
      const aggregate = await managedDashboard(context, caller, request.params);
      await startDashboard(context, aggregate, caller.name);
      return { dashboard: await showNow(context, request, caller, aggregate.dashboard.id) };
    }
  );

  app.post(
    '/dashboards/:id/stop',
    { schema: { params: IdParams, response: replies(DashboardReply) } },
    async request => {
      const caller = callerOf(request);
      const aggregate = await managedDashboard(context, caller, request.params);
      await stopDashboard(context, aggregate, caller.name);
      return { dashboard: await showNow(context, request, caller, aggregate.dashboard.id) };
    }
  );
}

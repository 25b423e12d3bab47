import { ActivateRequest, BuildReply, UpdateRequest, VersionList } from '../../../contract';
import { checkPublisher } from '../../access/publishers';
import { callingServer } from '../../access/scopes';
import type { Context } from '../../context';
import { viewVersion } from '../../dashboards/view';
import type { App } from '../app';
import { callerOf } from '../authentication';
import { ownDashboard } from '../visible';
import { buildReply } from './build-reply';
import { IdParams, replies } from './replies';

/** Versions of a dashboard: list, publish again, make a kept one live. */
export function versionRoutes(app: App, context: Context): void {
  const { config, hub, dashboards, publisher } = context;

  app.get(
    '/dashboards/:id/versions',
    { schema: { params: IdParams, response: replies(VersionList) } },
    async request => {
      const { dashboard } = await ownDashboard(context, callerOf(request), request.params.id);
      const versions = await dashboards.versions(dashboard.id);
      return { versions: versions.map(version => viewVersion(version, dashboard.liveVersion)) };
    }
  );

  app.post(
    '/dashboards/:id/versions',
    { schema: { params: IdParams, body: UpdateRequest, response: replies(BuildReply, 201) } },
    async (request, reply) => {
      const caller = callerOf(request);
      const aggregate = await ownDashboard(context, caller, request.params.id);
      await checkPublisher(config, hub, caller, aggregate.dashboard);
      const buildId = await publisher.update(aggregate, caller.name, request.body, callingServer(caller));
      reply.code(201);
      return buildReply(context, request, caller, buildId);
    }
  );

  app.post(
    '/dashboards/:id/live',
    { schema: { params: IdParams, body: ActivateRequest, response: replies(BuildReply, 201) } },
    async (request, reply) => {
      const caller = callerOf(request);
      const aggregate = await ownDashboard(context, caller, request.params.id);
      const buildId = await publisher.activate(aggregate, caller.name, request.body);
      reply.code(201);
      return buildReply(context, request, caller, buildId);
    }
  );
}

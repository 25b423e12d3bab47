import { Type } from 'typebox';

import {
  BuildProgress,
  BuildProgressReply,
  BuildResult,
  FINAL_BUILD_STATES,
  GitCredentialSecret,
  Heartbeat,
  HeartbeatReply,
  LogBatch,
  RefusalReport,
  RemovalReport,
  RunnerState,
  type Problem,
  type RunnerEvent
} from '../../../contract';
import type { BuildRecord } from '../../builds/build';
import type { Context } from '../../context';
import { activeBuild, type DashboardAggregate } from '../../dashboards/dashboard';
import { runnerState } from '../../dashboards/runner-state';
import { isOutdated, runnerOutdated } from '../../dashboards/runner-version';
import { errorOf, notFound } from '../../errors';
import type { App } from '../app';
import { runnerOf, serverOf } from '../runner-authentication';
import { openStream } from '../sse';
import { IdParams, replies } from './replies';

const Start = Type.Object({
  startId: Type.String({ minLength: 1, maxLength: 100 }),
  /** Of the runner's package. */
  version: Type.Optional(Type.String({ maxLength: 100 }))
});
/** What `LIMITS` let into a report of log lines, at up to six bytes a character, and 10,000 sessions are longer than other bodies. */
const LONG_BODY = 8 * 1024 * 1024;

/** What runners call, with their own server's token. */
export function runnerRoutes(app: App, context: Context): void {
  const { builds, channels, dashboards, gitCredentials, heartbeats, life, logs, queue, results, visited } = context;

  async function buildOf(aggregate: DashboardAggregate, id: string): Promise<BuildRecord> {
    const build = await builds.get(id);
    if (build?.dashboardId !== aggregate.dashboard.id) {
      throw notFound();
    }
    return build;
  }

  async function stateOf(id: string): Promise<RunnerState> {
    const aggregate = await dashboards.get(id);
    if (!aggregate) {
      throw notFound();
    }
    return runnerState(aggregate, await dashboards.versions(id), visited.of(id));
  }

  /** The server cannot do what it is there for: its owner is told why, and it is stopped. */
  async function refuse(aggregate: DashboardAggregate, reason: Problem): Promise<void> {
    const { dashboard } = aggregate;
    channels.refuse(dashboard.id, reason);
    const build = activeBuild(aggregate);
    if (build) {
      await queue.fail(build, reason);
    } else if (!dashboard.deleting) {
      await life.sleep(dashboard, reason);
    }
  }

  app.get('/runner/events', { schema: { hide: true, querystring: Start } }, async (request, reply) => {
    const { startId, version } = request.query;
    const aggregate = await runnerOf(context, request, startId);
    const { dashboard } = aggregate;
    if (isOutdated(version)) {
      const reason = runnerOutdated(version ?? '');
      await refuse(aggregate, reason);
      throw errorOf(reason, 409);
    }
    const state = await stateOf(dashboard.id);
    const stream = openStream(reply);
    const send = (event: RunnerEvent) => stream.send(event);
    send({ kind: 'state', state });
    stream.whenClosed(channels.open(dashboard.id, startId, { send, close: () => stream.close() }));
    // What changed between reading the state and opening the channel has not been pushed to anybody.
    await queue.push(dashboard.id);
  });

  app.post(
    '/runner/heartbeat',
    { schema: { hide: true, body: Heartbeat, response: replies(HeartbeatReply) }, bodyLimit: LONG_BODY },
    async request => {
      return heartbeats(await runnerOf(context, request, request.body.startId), request.body);
    }
  );

  app.post(
    '/runner/logs',
    { schema: { hide: true, body: LogBatch, response: { 204: Type.Null() } }, bodyLimit: LONG_BODY },
    async (request, reply) => {
      const { dashboard } = await runnerOf(context, request, request.body.startId);
      await logs.ofApps(dashboard.id, request.body);
      return reply.code(204).send(null);
    }
  );

  app.post(
    '/runner/refused',
    { schema: { hide: true, body: RefusalReport, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const aggregate = await serverOf(context, request);
      const { startId = aggregate.runner?.startId } = request.body;
      if (startId === aggregate.runner?.startId) {
        await refuse(aggregate, request.body.problem);
      }
      return reply.code(204).send(null);
    }
  );

  app.post(
    '/runner/removed',
    { schema: { hide: true, body: RemovalReport, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const { dashboard } = await runnerOf(context, request, request.body.startId);
      if (dashboard.deleting) {
        channels.removed(dashboard.id, request.body.problem);
      }
      return reply.code(204).send(null);
    }
  );

  app.post(
    '/runner/builds/:id/progress',
    {
      schema: { hide: true, params: IdParams, body: BuildProgress, response: replies(BuildProgressReply) },
      bodyLimit: LONG_BODY
    },
    async request => {
      const aggregate = await runnerOf(context, request, request.body.startId);
      return results.progress(await buildOf(aggregate, request.params.id), request.body);
    }
  );

  app.get(
    '/runner/builds/:id/git-credential',
    {
      schema: {
        hide: true,
        params: IdParams,
        querystring: Type.Pick(Start, ['startId']),
        response: replies(GitCredentialSecret)
      }
    },
    async (request, reply) => {
      const aggregate = await runnerOf(context, request, request.query.startId);
      const build = await buildOf(aggregate, request.params.id);
      const version = (await dashboards.versions(aggregate.dashboard.id)).find(({ n }) => n === build.version);
      if (build.kind !== 'publish' || FINAL_BUILD_STATES.includes(build.state) || !version) {
        throw notFound();
      }
      reply.header('cache-control', 'no-store');
      return gitCredentials.secretFor(aggregate.dashboard, version.source);
    }
  );

  app.post(
    '/runner/builds/:id/result',
    {
      schema: { hide: true, params: IdParams, body: BuildResult, response: replies(RunnerState) },
      bodyLimit: LONG_BODY
    },
    async request => {
      const aggregate = await runnerOf(context, request, request.body.startId);
      await results.result(await buildOf(aggregate, request.params.id), request.body.outcome);
      return stateOf(aggregate.dashboard.id);
    }
  );
}

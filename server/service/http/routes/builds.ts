import { Build, PushFailed, PushTicket } from '../../../contract';
import { pushTicket } from '../../access/push-tickets';
import { AccessRefused } from '../../access/access-refused';
import { contractBuild, type BuildRecord } from '../../builds/build';
import { isFinal } from '../../builds/transitions';
import type { Context } from '../../context';
import { noSuchBuild } from '../../errors';
import type { App } from '../app';
import { callerOf, type Caller } from '../authentication';
import { sendNews } from '../news';
import { recheckCaller } from '../recheck';
import { openStream } from '../sse';
import { IdParams, LastEventId, replies, sequenceNumber, STREAM_REPLIES } from './replies';

/** Builds, for their dashboard's owner alone: their log lines may hold what only they should see. */
export function buildRoutes(app: App, context: Context): void {
  const { builds, changes, dashboards, queue, results } = context;

  async function ownBuild(caller: Caller, id: string): Promise<BuildRecord> {
    const build = await builds.get(id);
    // Asked also where there is no build, so that the time tells less of whether there is one.
    const dashboard = (await dashboards.get(build?.dashboardId ?? ''))?.dashboard;
    if (!build || !dashboard || dashboard.deleting) {
      throw noSuchBuild();
    }
    if (dashboard.owner !== caller.name) {
      throw new AccessRefused(noSuchBuild(), { actor: caller.name, dashboard });
    }
    return build;
  }

  /**
   * Where a reader goes on: at the beginning after a number that was never given, which is of another database. The
   * newest event of a build is always kept, so that after one that was given there is none only if it is the newest.
   */
  async function known(id: string, last: number): Promise<number> {
    return last > 0 && (await builds.eventsAfter(id, last - 1)).length > 0 ? last : 0;
  }

  app.get('/builds/:id', { schema: { params: IdParams, response: replies(Build) } }, async request =>
    contractBuild(await ownBuild(callerOf(request), request.params.id))
  );

  app.post('/builds/:id/cancel', { schema: { params: IdParams, response: replies(Build) } }, async request => {
    const caller = callerOf(request);
    const build = await ownBuild(caller, request.params.id);
    return contractBuild(isFinal(build.state) ? build : await queue.cancel(build, caller.name));
  });

  app.post(
    '/builds/:id/push-ticket',
    { schema: { params: IdParams, response: replies(PushTicket) } },
    async request => {
      const build = await ownBuild(callerOf(request), request.params.id);
      const aggregate = await dashboards.get(build.dashboardId);
      if (!aggregate) {
        throw noSuchBuild();
      }
      const { config, addresses, keys, clock } = context;
      return pushTicket({ build, aggregate }, { config, baseUrl: addresses.baseUrl, keys, clock });
    }
  );

  app.post(
    '/builds/:id/push-failed',
    { schema: { params: IdParams, body: PushFailed, response: replies(Build) } },
    async request => {
      const build = await ownBuild(callerOf(request), request.params.id);
      await results.unsent(build, request.body.problem);
      return contractBuild((await builds.get(build.id)) ?? build);
    }
  );

  app.get(
    '/builds/:id/events',
    {
      schema: {
        params: IdParams,
        headers: LastEventId,
        response: STREAM_REPLIES
      }
    },
    async (request, reply) => {
      const { id } = await ownBuild(callerOf(request), request.params.id);
      let seen = await known(id, sequenceNumber(request.headers['last-event-id'] ?? '0'));
      const stream = openStream(reply);
      const go = sendNews(stream, request.log, async () => {
        // Read first: of a build that has ended by now, all events are there.
        const build = await builds.get(id);
        for (const event of await builds.eventsAfter(id, seen)) {
          await stream.drained();
          seen = event.seq;
          stream.send(event, event.seq);
        }
        if (!build || isFinal(build.state)) {
          stream.close();
        }
      });
      stream.whenClosed(changes.subscribe(change => change.kind === 'build' && change.id === id && go()));
      recheckCaller(context, request, stream, now => ownBuild(now, id));
      go();
    }
  );
}

import { Type } from 'typebox';

import { ErrorReply, type DashboardEvent } from '../../../contract';
import { mayView } from '../../access/audience';
import type { Context } from '../../context';
import { pause, repeat } from '../../timing';
import type { App } from '../app';
import { admitAgain, callerOf } from '../authentication';
import { openStream } from '../sse';
import { show } from '../visible';

/** Changes within this time are sent together. */
const COLLECT_MS = 50;
/** A stream outlives its token, or the sign-in of the page, by this much at most. */
const RECHECK_MS = 30_000;

/** What the caller may see, whenever it changes. */
export function eventRoutes(app: App, context: Context): void {
  const { changes, dashboards } = context;

  app.get(
    '/events',
    {
      schema: {
        response: { 200: Type.String({ description: 'Server-sent events: DashboardEvent' }), '4xx': ErrorReply }
      }
    },
    async (request, reply) => {
      let caller = callerOf(request);
      const stream = openStream(reply);
      const send = (event: DashboardEvent) => stream.send(event);
      const sent = new Set<string>();
      const dirty = new Set<string>();
      let working = false;

      async function sendOne(id: string): Promise<void> {
        const aggregate = await dashboards.get(id);
        if (aggregate && !aggregate.dashboard.deleting && mayView(aggregate.dashboard, caller)) {
          sent.add(id);
          send({ kind: 'dashboard', dashboard: show(context, request, caller, aggregate) });
        } else if (sent.delete(id)) {
          send({ kind: 'deleted', id });
        }
      }

      async function work(): Promise<void> {
        if (working) {
          return;
        }
        working = true;
        try {
          while (dirty.size > 0 && (await pause(COLLECT_MS, stream.closed))) {
            const ids = [...dirty];
            dirty.clear();
            for (const id of ids) {
              await sendOne(id);
            }
          }
        } catch (error) {
          request.log.error({ err: error }, 'events not sent');
          stream.close();
        } finally {
          working = false;
        }
      }

      const unsubscribe = changes.subscribe(change => {
        dirty.add(change.kind === 'build' ? change.dashboardId : change.id);
        void work();
      });
      const recheck = repeat(RECHECK_MS, async () => {
        try {
          caller = await admitAgain(context, request);
        } catch {
          stream.close(); // Whoever comes back is told why.
        }
      });
      stream.closed.addEventListener('abort', () => {
        unsubscribe();
        void recheck();
      });

      working = true; // Changes wait until everything has been sent once.
      const everything = [
        ...(await dashboards.list({ owner: caller.name })),
        ...(await dashboards.list({ shared: true })).filter(({ dashboard }) => dashboard.owner !== caller.name)
      ];
      for (const aggregate of everything.filter(({ dashboard }) => mayView(dashboard, caller))) {
        sent.add(aggregate.dashboard.id);
        send({ kind: 'dashboard', dashboard: show(context, request, caller, aggregate) });
      }
      send({ kind: 'ready' });
      working = false;
      void work();
    }
  );
}

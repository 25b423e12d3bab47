import type { DashboardEvent } from '../../../contract';
import type { Context } from '../../context';
import type { FeedItem } from '../../dashboards/feed';
import { toldTo } from '../../dashboards/told';
import type { App } from '../app';
import { callerOf, type Caller } from '../authentication';
import { sendNews } from '../news';
import { recheckCaller } from '../recheck';
import { openStream } from '../sse';
import { show } from '../visible';
import { LastEventId, sequenceNumber, STREAM_REPLIES } from './replies';

/** What the caller may see, whenever it changes. */
export function eventRoutes(app: App, context: Context): void {
  const { feed } = context;

  app.get(
    '/events',
    {
      schema: {
        headers: LastEventId,
        response: STREAM_REPLIES
      }
    },
    async (request, reply) => {
      let caller = callerOf(request);
      const last = request.headers['last-event-id'];
      /** Whoever begins is told of what comes from now on. */
      let seen = last === undefined ? await feed.latest() : sequenceNumber(last);
      const stream = openStream(reply);
      let ready = false;
      let seesOthers = false;
      /** What has not been looked at. Of readers that are slow, nothing waits but one batch: the rest is in the log. */
      let news: readonly FeedItem[] | 'in the log' | null = 'in the log';

      function send(event: DashboardEvent, seq: number): void {
        seen = seq;
        stream.send(event, seq);
      }

      async function deliver(items: readonly FeedItem[]): Promise<void> {
        const later = items.filter(({ seq }) => seq > seen);
        for (const told of toldTo(caller, later)) {
          await stream.drained();
          if (stream.closed || seesOthers) {
            return;
          }
          const event: DashboardEvent =
            told.kind === 'deleted'
              ? { kind: 'deleted', id: told.id }
              : { kind: 'dashboard', dashboard: show(context, request, caller, told.aggregate) };
          send(event, told.seq);
        }
        seen = later.at(-1)?.seq ?? seen;
      }

      /** Null: the lists have to be read again. */
      async function unseen(): Promise<readonly FeedItem[] | null> {
        const found = news;
        news = null;
        if (seesOthers) {
          seesOthers = false;
          return null;
        }
        return found === 'in the log' ? feed.since(seen) : (found ?? []);
      }

      const go = sendNews(stream, request.log, async () => {
        const items = await unseen();
        if (items) {
          await deliver(items);
        } else {
          send({ kind: 'reset' }, await feed.latest());
        }
        if (!ready) {
          ready = true;
          send({ kind: 'ready' }, seen);
        }
      });

      stream.whenClosed(
        feed.subscribe(items => {
          news = news ? 'in the log' : items;
          go();
        })
      );
      recheckCaller(context, request, stream, now => {
        const other = seesOther(caller, now);
        caller = now;
        if (other) {
          seesOthers = true;
          go();
        }
      });
      go();
    }
  );
}

/** Joining or leaving a group at the Hub changes what somebody may see, and is no change of any dashboard. */
function seesOther(before: Caller, now: Caller): boolean {
  return before.admin !== now.admin || [...before.groups].sort().join('\n') !== [...now.groups].sort().join('\n');
}

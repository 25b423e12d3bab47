import type { DashboardEvent } from '../../../contract';
import type { Context } from '../../context';
import type { FeedItem } from '../../dashboards/feed';
import { toldTo } from '../../dashboards/told';
import type { App } from '../app';
import { callerOf, type Caller } from '../authentication';
import { recheckCaller } from '../recheck';
import { openStream } from '../sse';
import { show } from '../visible';
import { LastEventId, sequenceNumber, STREAM_REPLIES } from './replies';

/** Bytes: of the many streams that may be open, none holds more of what its reader does not take. */
const MAX_BEHIND = 256 * 1024;

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
      const stream = openStream(reply, MAX_BEHIND);
      const send = (event: DashboardEvent, seq: number) => stream.send(event, seq);
      let seen = 0;
      /** What happens until everything that was missed has been sent. */
      let waiting: (readonly FeedItem[])[] | null = [];

      function deliver(items: readonly FeedItem[]): void {
        for (const told of toldTo(
          caller,
          items.filter(({ seq }) => seq > seen)
        )) {
          const { seq } = told;
          send(
            told.kind === 'deleted'
              ? { kind: 'deleted', id: told.id }
              : { kind: 'dashboard', dashboard: show(context, request, caller, told.aggregate) },
            seq
          );
        }
        seen = items.at(-1)?.seq ?? seen;
      }

      stream.whenClosed(feed.subscribe(items => (waiting ? waiting.push(items) : deliver(items))));
      recheckCaller(context, request, stream, now => {
        if (seesOther(caller, now)) {
          send({ kind: 'reset' }, seen);
        }
        caller = now;
      });
      if (stream.closed) {
        return;
      }

      try {
        const last = request.headers['last-event-id'];
        const latest = await feed.latest();
        const missed = last === undefined ? [] : await feed.since(sequenceNumber(last));
        if (missed) {
          deliver(missed);
        } else {
          send({ kind: 'reset' }, latest);
        }
        seen = Math.max(seen, latest);
        send({ kind: 'ready' }, seen);
        waiting.forEach(deliver);
        waiting = null;
      } catch (error) {
        request.log.error({ err: error }, 'events not sent');
        stream.close();
      }
    }
  );
}

/** Joining or leaving a group at the Hub changes what somebody may see, and is no change of any dashboard. */
function seesOther(before: Caller, now: Caller): boolean {
  return before.admin !== now.admin || [...before.groups].sort().join('\n') !== [...now.groups].sort().join('\n');
}

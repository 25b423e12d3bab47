import { Readable } from 'node:stream';

import { Type } from 'typebox';

import { LogDownloadQuery, LogEventsQuery, LogPage, LogQuery, type LogEvent, type LogLine } from '../../../contract';
import type { Context } from '../../context';
import type { DashboardRecord } from '../../dashboards/dashboard';
import { ServiceError } from '../../errors';
import type { LogFilter } from '../../logs/logs';
import type { App } from '../app';
import { callerOf, type Caller } from '../authentication';
import { sendNews } from '../news';
import { recheckCaller } from '../recheck';
import { openStream } from '../sse';
import { ownDashboard } from '../visible';
import { IdParams, LastEventId, replies, sequenceNumber, STREAM_REPLIES } from './replies';

const LINES = 500;
/** Lines of one event are this long together, or a little longer. */
const EVENT_CHARACTERS = 100_000;

/** What builds and apps have said, for the dashboard's owner alone: it may hold what only they should see. */
export function logRoutes(app: App, context: Context): void {
  const { changes, logs } = context;

  /** The caller's dashboard, and which of its lines they ask for. */
  async function asked(
    caller: Caller,
    id: string,
    query: LogDownloadQuery
  ): Promise<{ dashboard: DashboardRecord; filter: LogFilter }> {
    const { dashboard, newest } = await ownDashboard(context, caller, id);
    const filter = filterOf(query);
    // Lines of versions that are not kept any more may still be there.
    if (filter.version !== null && filter.version > newest.n) {
      throw new ServiceError(
        'not_found',
        404,
        `There is no version ${filter.version} of this dashboard.`,
        `Its newest version is ${newest.n}.`
      );
    }
    return { dashboard, filter };
  }

  app.get(
    '/dashboards/:id/logs',
    { schema: { params: IdParams, querystring: LogQuery, response: replies(LogPage) } },
    async request => {
      const { dashboard, filter } = await asked(callerOf(request), request.params.id, request.query);
      const { before, limit } = request.query;
      return logs.page(dashboard.id, filter, before === undefined ? null : Number(before), Number(limit ?? LINES));
    }
  );

  app.get(
    '/dashboards/:id/logs/download',
    {
      schema: {
        params: IdParams,
        querystring: LogDownloadQuery,
        response: { ...STREAM_REPLIES, 200: Type.Unsafe<Readable>(STREAM_REPLIES[200]) }
      }
    },
    async (request, reply) => {
      const { dashboard, filter } = await asked(callerOf(request), request.params.id, request.query);
      const name = `${dashboard.slug}${filter.version === null ? '' : `-v${filter.version}`}-log.txt`;
      return reply
        .headers({
          'cache-control': 'no-store',
          'content-disposition': `attachment; filename="${name}"`,
          'content-security-policy': "default-src 'none'; sandbox",
          'x-content-type-options': 'nosniff'
        })
        .type('text/plain; charset=utf-8')
        .send(Readable.from(textOf(context, dashboard.id, filter)));
    }
  );

  app.get(
    '/dashboards/:id/logs/events',
    {
      schema: {
        params: IdParams,
        querystring: LogEventsQuery,
        headers: LastEventId,
        response: STREAM_REPLIES
      }
    },
    async (request, reply) => {
      const { dashboard, filter } = await asked(callerOf(request), request.params.id, request.query);
      const { id } = dashboard;
      const last = sequenceNumber(request.headers['last-event-id'] ?? '0');
      // A number that was never given is of another database: nothing is known of what that reader has seen.
      const known = last >= 0 && last <= (await logs.latest());
      const stream = openStream(reply);
      const send = (event: LogEvent, seq?: number) => stream.send(event, seq);
      let seen = known ? last : 0;

      async function sendLines(lines: readonly LogLine[]): Promise<void> {
        for (const part of parts(lines)) {
          await stream.drained();
          send({ kind: 'lines', lines: part }, part.at(-1)?.seq);
        }
      }

      const go = sendNews(stream, request.log, async () => {
        if (seen === 0) {
          const { lines } = await logs.page(id, filter, null, Number(request.query.limit ?? LINES));
          seen = lines.at(-1)?.seq ?? 0;
          await sendLines(lines);
        }
        for await (const { lines, seq } of logs.after(id, filter, seen)) {
          seen = seq;
          await sendLines(lines);
          if (stream.closed) {
            return;
          }
        }
      });
      stream.whenClosed(logs.watch(id, go));
      stream.whenClosed(changes.subscribe(change => change.kind === 'deleted' && change.id === id && stream.close()));
      recheckCaller(context, request, stream, now => ownDashboard(context, now, id));
      if (!known) {
        send({ kind: 'reset' }, 0);
      }
      go();
    }
  );
}

function filterOf({ version, search }: LogDownloadQuery): LogFilter {
  return { version: version === undefined ? null : Number(version), search: search ?? '' };
}

function* parts(lines: readonly LogLine[]): Generator<LogLine[]> {
  let part: LogLine[] = [];
  let size = 0;
  for (const line of lines) {
    part.push(line);
    size += line.text.length;
    if (size > EVENT_CHARACTERS) {
      yield part;
      part = [];
      size = 0;
    }
  }
  if (part.length > 0) {
    yield part;
  }
}

async function* textOf({ logs }: Context, dashboardId: string, filter: LogFilter): AsyncGenerator<string> {
  for await (const { lines } of logs.after(dashboardId, filter, 0)) {
    if (lines.length > 0) {
      yield lines.map(({ at, version, origin, text }) => `${at} v${version} ${origin} ${text}\n`).join('');
    }
  }
}

import { Type, type Static } from 'typebox';

import { Time } from './fields';
import { LIMITS } from './names';

export const LogOrigin = Type.Enum(['build', 'app'], {
  description: '`build`: written while the version was made; `app`: by the app while it ran.'
});
export type LogOrigin = Static<typeof LogOrigin>;

export const LogLine = Type.Object(
  {
    seq: Type.Integer({ minimum: 1, description: 'Number of the line. It grows within a dashboard, with gaps.' }),
    at: Type.With(Time, { description: 'When it was written: ISO 8601, UTC.' }),
    version: Type.Integer({ minimum: 1, description: 'Number of the version that it is about.' }),
    origin: LogOrigin,
    text: Type.String({ maxLength: LIMITS.logLine, description: 'The line, without its end.' })
  },
  { description: 'One line of the log of a version.' }
);
export type LogLine = Static<typeof LogLine>;

const OfLines = {
  version: Type.Optional(
    Type.String({
      pattern: '^[1-9][0-9]{0,8}$',
      description: 'The number of a version. Only its lines; left out: those of all versions.'
    })
  ),
  search: Type.Optional(
    Type.String({ maxLength: LIMITS.search, description: 'Only lines that contain this text, whatever the case.' })
  )
};
const limit = (what: string) =>
  Type.Optional(
    Type.String({
      pattern: '^([1-9][0-9]{0,2}|1000)$',
      description: `A whole number from 1 to 1000. ${what}; left out: 500.`
    })
  );

/** GET /api/v1/dashboards/:id/logs: the newest lines, oldest first. For the owner alone. Values of a query are text. */
export const LogQuery = Type.Object(
  {
    ...OfLines,
    before: Type.Optional(
      Type.String({
        pattern: '^[1-9][0-9]{0,14}$',
        description: 'The number of a line. Only older ones: `before` of the page that was read last.'
      })
    ),
    limit: limit('How many lines are on a page')
  },
  { additionalProperties: false }
);
export type LogQuery = Static<typeof LogQuery>;

/** GET …/logs/events: the same as server-sent `LogEvent`s, live, with `seq` as SSE id (resumes by `Last-Event-ID`). */
export const LogEventsQuery = Type.Object(
  { ...OfLines, limit: limit('With how many of the newest lines it begins') },
  { additionalProperties: false }
);
export type LogEventsQuery = Static<typeof LogEventsQuery>;

/** GET …/logs/download: all of it as text/plain. */
export const LogDownloadQuery = Type.Object(OfLines, { additionalProperties: false });
export type LogDownloadQuery = Static<typeof LogDownloadQuery>;

export const LogPage = Type.Object(
  {
    lines: Type.Array(LogLine, { description: 'The oldest first.' }),
    before: Type.Union([Type.Integer(), Type.Null()], {
      description: '`before` of the query for the page of older lines; null where there are none.'
    })
  },
  { description: 'A page of lines.' }
);
export type LogPage = Static<typeof LogPage>;

export const LogEvent = Type.Union(
  [
    Type.Object(
      {
        kind: Type.Literal('lines', { description: 'Always `lines`.' }),
        lines: Type.Array(LogLine, { description: 'The oldest first.' })
      },
      { description: 'Lines were written.' }
    ),
    Type.Object(
      { kind: Type.Literal('reset', { description: 'Always `reset`.' }) },
      {
        description:
          'The `Last-Event-ID` was never given: what was read is of another database. Forget it, the newest lines follow.'
      }
    )
  ],
  { description: 'What happens to a log.' }
);
export type LogEvent = Static<typeof LogEvent>;

/**
 * Which process of a runner counts lines and batches, random for each: the Hub may start a server twice with the same
 * specification, and the second one counts from the beginning. Older runners do not say it; their `startId` stands for it.
 */
export const Sender = Type.String({ minLength: 1, maxLength: 100 });

/**
 * POST runner/logs: what apps wrote, in order. The runner sends at most one batch at a time and drops, with a line that
 * says how many, what an app writes faster than the service takes it.
 */
export const LogBatch = Type.Object({
  startId: Type.String(),
  sender: Type.Optional(Sender),
  /** Number of the batch among those of its sender: one that is sent twice is kept once. */
  batch: Type.Integer({ minimum: 1 }),
  lines: Type.Array(
    Type.Object({
      at: Time,
      version: Type.Integer({ minimum: 1 }),
      text: Type.String({ maxLength: LIMITS.logLine })
    }),
    { maxItems: LIMITS.reportLines }
  )
});
export type LogBatch = Static<typeof LogBatch>;

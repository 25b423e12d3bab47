import { Type, type Static } from 'typebox';

import { Time } from './dashboard';
import { LIMITS } from './names';

/** `build` was written while the version was made, `app` by the app while it ran. */
export const LogOrigin = Type.Enum(['build', 'app']);
export type LogOrigin = Static<typeof LogOrigin>;

/** One line of a version's log. `seq` grows within a dashboard, with gaps. */
export const LogLine = Type.Object({
  seq: Type.Integer({ minimum: 1 }),
  at: Time,
  version: Type.Integer({ minimum: 1 }),
  origin: LogOrigin,
  text: Type.String({ maxLength: LIMITS.logLine })
});
export type LogLine = Static<typeof LogLine>;

/**
 * GET /api/v1/dashboards/:id/logs: the newest lines, oldest first; older ones by `before`. For the owner alone.
 * GET …/logs/events: the same as server-sent `LogEvent`s, live, with `seq` as SSE id (resumes by `Last-Event-ID`).
 * GET …/logs/download: all of it as text/plain. All three take `version` and `search`. Values of a query are text.
 */
export const LogQuery = Type.Object(
  {
    /** Left out: of all versions. */
    version: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,8}$', description: 'the number of a version' })),
    /** Lines that contain this text, whatever the case. */
    search: Type.Optional(Type.String({ maxLength: LIMITS.search })),
    /** Lines older than this `seq`. */
    before: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,14}$', description: 'the number of a line' })),
    /** Lines on a page: 1 to 1,000, else 500. */
    limit: Type.Optional(
      Type.String({ pattern: '^([1-9][0-9]{0,2}|1000)$', description: 'a whole number from 1 to 1000' })
    )
  },
  { additionalProperties: false }
);
export type LogQuery = Static<typeof LogQuery>;

export const LogPage = Type.Object({
  lines: Type.Array(LogLine),
  /** `before` of the page before this one; null at the beginning. */
  before: Type.Union([Type.Integer(), Type.Null()])
});
export type LogPage = Static<typeof LogPage>;

export const LogEvent = Type.Union([
  Type.Object({ kind: Type.Literal('lines'), lines: Type.Array(LogLine) }),
  /** The `Last-Event-ID` was never given: what was read is of another database. The newest lines follow. */
  Type.Object({ kind: Type.Literal('reset') })
]);
export type LogEvent = Static<typeof LogEvent>;

/**
 * POST runner/logs: what apps wrote, in order. The runner sends at most one batch at a time and drops, with a line that
 * says how many, what an app writes faster than the service takes it.
 */
export const LogBatch = Type.Object({
  startId: Type.String(),
  /** Number of the batch within its start: one that is sent twice is kept once. */
  batch: Type.Integer({ minimum: 1 }),
  lines: Type.Array(
    Type.Object({
      at: Time,
      version: Type.Integer({ minimum: 1 }),
      text: Type.String({ maxLength: LIMITS.logLine })
    }),
    { maxItems: 1_000 }
  )
});
export type LogBatch = Static<typeof LogBatch>;

import { Type, type Static } from 'typebox';

import { Dashboard } from './dashboard';
import { Time } from './fields';
import { Build } from './version';

/**
 * GET /api/v1/builds/:id/events (server-sent events). Each has the sequence number `seq` as its SSE id, so that a lost
 * connection resumes with `Last-Event-ID`; after a number that was never given it begins anew. The stream ends after a build's final
 * state.
 */
const seq = Type.Integer({ description: 'Number of the event, as in its SSE id.' });
const at = Type.With(Time, { description: 'When it happened: ISO 8601, UTC.' });

export const BuildEvent = Type.Union(
  [
    Type.Object(
      { kind: Type.Literal('state', { description: 'Always `state`.' }), seq, at, build: Build },
      { description: 'The build has got to another stage, or has ended.' }
    ),
    Type.Object(
      {
        kind: Type.Literal('log', { description: 'Always `log`.' }),
        seq,
        at,
        lines: Type.Array(Type.String(), { description: 'What was written, without line ends.' })
      },
      { description: 'The build has written something.' }
    )
  ],
  { description: 'What happens to a build.' }
);
export type BuildEvent = Static<typeof BuildEvent>;

/**
 * GET /api/v1/events (server-sent events): every change of what the caller may see, for administrators of all
 * dashboards. It carries changes only; lists are read page by page, after `ready`. Each event has a sequence number as
 * its SSE id: with `Last-Event-ID` the stream goes on after it, or says `reset` when that is too long ago.
 */
export const DashboardEvent = Type.Union(
  [
    Type.Object(
      { kind: Type.Literal('dashboard', { description: 'Always `dashboard`.' }), dashboard: Dashboard },
      { description: 'A dashboard is new to the caller, or has changed.' }
    ),
    Type.Object(
      {
        kind: Type.Literal('deleted', { description: 'Always `deleted`.' }),
        id: Type.String({ description: 'Id of the dashboard.' })
      },
      { description: 'It was deleted, or the caller may no longer see it.' }
    ),
    Type.Object(
      { kind: Type.Literal('ready', { description: 'Always `ready`.' }) },
      { description: 'Everything that changed since `Last-Event-ID` has been sent; what follows is live.' }
    ),
    Type.Object(
      { kind: Type.Literal('reset', { description: 'Always `reset`.' }) },
      { description: 'Changes were missed: read the lists again.' }
    )
  ],
  { description: 'A change of what the caller may see.' }
);
export type DashboardEvent = Static<typeof DashboardEvent>;

import { Type, type Static } from 'typebox';

import { Build, Dashboard, Time } from './dashboard';

/**
 * GET /api/v1/builds/:id/events (server-sent events). Each has the sequence number `seq` as its SSE id, so that a lost
 * connection resumes with `Last-Event-ID`; after a number that was never given it begins anew. The stream ends after a build's final
 * state.
 */
export const BuildEvent = Type.Union([
  Type.Object({ kind: Type.Literal('state'), seq: Type.Integer(), at: Time, build: Build }),
  Type.Object({ kind: Type.Literal('log'), seq: Type.Integer(), at: Time, lines: Type.Array(Type.String()) })
]);
export type BuildEvent = Static<typeof BuildEvent>;

/**
 * GET /api/v1/events (server-sent events): every change of what the caller may see, for administrators of all
 * dashboards. It carries changes only; lists are read page by page, after `ready`. Each event has a sequence number as
 * its SSE id: with `Last-Event-ID` the stream goes on after it, or says `reset` when that is too long ago.
 */
export const DashboardEvent = Type.Union([
  Type.Object({ kind: Type.Literal('dashboard'), dashboard: Dashboard }),
  /** It was deleted, or the caller is no longer in its audience. */
  Type.Object({ kind: Type.Literal('deleted'), id: Type.String() }),
  /** Everything that changed since `Last-Event-ID` has been sent; what follows is live. */
  Type.Object({ kind: Type.Literal('ready') }),
  /** Changes were missed: read the lists again. */
  Type.Object({ kind: Type.Literal('reset') })
]);
export type DashboardEvent = Static<typeof DashboardEvent>;

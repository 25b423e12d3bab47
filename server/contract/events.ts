import { Type, type Static } from 'typebox';

import { Build, Dashboard, Time } from './dashboard';

/**
 * GET /api/v1/builds/:id/events (server-sent events). Each has the sequence number `seq` as its SSE id, so that a lost
 * connection resumes with `Last-Event-ID`. The stream ends after a build's final state.
 */
export const BuildEvent = Type.Union([
  Type.Object({ kind: Type.Literal('state'), seq: Type.Integer(), at: Time, build: Build }),
  Type.Object({ kind: Type.Literal('log'), seq: Type.Integer(), at: Time, lines: Type.Array(Type.String()) })
]);
export type BuildEvent = Static<typeof BuildEvent>;

/** GET /api/v1/events (server-sent events): what the caller may see, whenever it changes. Starts with everything. */
export const DashboardEvent = Type.Union([
  Type.Object({ kind: Type.Literal('dashboard'), dashboard: Dashboard }),
  Type.Object({ kind: Type.Literal('deleted'), id: Type.String() }),
  /** All that the caller may see has been sent once. */
  Type.Object({ kind: Type.Literal('ready') })
]);
export type DashboardEvent = Static<typeof DashboardEvent>;

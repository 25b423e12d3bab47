import { Type, type Static } from 'typebox';

import { PageLimit, Time } from './dashboard';
import { LIMITS } from './names';

/** What is recorded: changes by people, what came of their builds, and decisions about who may do what. */
export const AUDIT_ACTIONS = [
  'publish',
  'update',
  'activate',
  'live',
  'failed',
  'cancel',
  'patch',
  'start',
  'stop',
  'delete',
  'view_allowed',
  'view_refused',
  'session_ended',
  'change_refused',
  'publish_refused',
  'call_refused'
] as const;
export const AuditAction = Type.Enum([...AUDIT_ACTIONS]);
export type AuditAction = Static<typeof AuditAction>;

/** One record. It outlives its dashboard, hence the slug and the owner. */
export const AuditRecord = Type.Object({
  seq: Type.Integer({ minimum: 1 }),
  at: Time,
  /** Name of the Hub user who did it, or about whom it was decided; empty where nobody was looked up. */
  actor: Type.String(),
  action: AuditAction,
  /** Null, as slug and owner, for what was refused and was not about one dashboard. */
  dashboardId: Type.Union([Type.String(), Type.Null()]),
  slug: Type.Union([Type.String(), Type.Null()]),
  owner: Type.Union([Type.String(), Type.Null()]),
  /** What changed or was refused, in a few words: an audience, a version number, a route. Never a secret. */
  detail: Type.String({ maxLength: 1_000 })
});
export type AuditRecord = Static<typeof AuditRecord>;

/** GET /api/v1/audit, newest first, for administrators. `before` is a `seq`. */
export const AuditQuery = Type.Object(
  {
    dashboard: Type.Optional(Type.String({ maxLength: LIMITS.cursor })),
    before: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,14}$', description: 'the number of a record' })),
    limit: Type.Optional(PageLimit)
  },
  { additionalProperties: false }
);
export type AuditQuery = Static<typeof AuditQuery>;
export const AuditList = Type.Object({
  records: Type.Array(AuditRecord),
  before: Type.Union([Type.Integer(), Type.Null()])
});
export type AuditList = Static<typeof AuditList>;

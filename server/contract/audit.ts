import { Type, type Static } from 'typebox';

import { PageLimit, Time } from './fields';
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
  'files_left',
  'credential_stored',
  'credential_removed',
  'view_allowed',
  'view_refused',
  'session_ended',
  'change_refused',
  'publish_refused',
  'call_refused'
] as const;
export const AuditAction = Type.Enum([...AUDIT_ACTIONS], {
  description: 'What was done or decided; the page for administrators, *Who did what*, says when each is recorded.'
});
export type AuditAction = Static<typeof AuditAction>;

const NONE = 'null where it was not about one dashboard';

export const AuditRecord = Type.Object(
  {
    seq: Type.Integer({ minimum: 1, description: 'Number of the record; newer ones have greater numbers.' }),
    at: Type.With(Time, { description: 'When it happened: ISO 8601, UTC.' }),
    actor: Type.String({
      description: 'Name of the Hub user who did it, or about whom it was decided; empty where nobody was looked up.'
    }),
    action: AuditAction,
    dashboardId: Type.Union([Type.String(), Type.Null()], { description: `Id of the dashboard; ${NONE}.` }),
    slug: Type.Union([Type.String(), Type.Null()], { description: `Slug of the dashboard; ${NONE}.` }),
    owner: Type.Union([Type.String(), Type.Null()], {
      description: `Owner of the dashboard, or of the git credential; ${NONE}, nor about a credential.`
    }),
    detail: Type.String({
      maxLength: 1_000,
      description:
        'What changed or was refused, in a few words: an audience, a version number, a route. Never a secret.'
    })
  },
  { description: 'One record. It outlives its dashboard.' }
);
export type AuditRecord = Static<typeof AuditRecord>;

/** GET /api/v1/audit, newest first, for administrators. */
export const AuditQuery = Type.Object(
  {
    dashboard: Type.Optional(
      Type.String({ maxLength: LIMITS.cursor, description: 'Only of the dashboard with this id.' })
    ),
    before: Type.Optional(
      Type.String({
        pattern: '^[1-9][0-9]{0,14}$',
        description: 'The number of a record. Only older ones: `before` of the page before.'
      })
    ),
    limit: Type.Optional(PageLimit)
  },
  { additionalProperties: false }
);
export type AuditQuery = Static<typeof AuditQuery>;
export const AuditList = Type.Object(
  {
    records: Type.Array(AuditRecord, { description: 'The newest first.' }),
    before: Type.Union([Type.Integer(), Type.Null()], {
      description: '`before` of the query for the next page, of older records; null on the last one.'
    })
  },
  { description: 'A page of records.' }
);
export type AuditList = Static<typeof AuditList>;

import { Type, type Static } from 'typebox';

import { Problem } from './errors';
import { Time } from './fields';
import { LIMITS } from './names';
import { Source } from './source';

/**
 * Sending a project to a dashboard's server that does not see the author's files. The author's side says what there is
 * (the offer), hears what is missing, sends that, and has it put in its place.
 */

/** Where a dashboard's runner takes pushes. `host`: what to name in `Host` where that is not the address's own. */
export const PushAddress = Type.Object({
  url: Type.String({
    maxLength: 4_000,
    pattern: '^https?://',
    description: 'Begins with `http` or `https`, ends with a slash.'
  }),
  host: Type.Optional(
    Type.String({ maxLength: 300, description: 'Value of the header `Host`, where it differs from the host of `url`.' })
  )
});
export type PushAddress = Static<typeof PushAddress>;

/** POST /api/v1/builds/:id/push-ticket */
export const PushTicket = Type.Object(
  {
    ticket: Type.String({
      maxLength: 4_000,
      description:
        'For the header `Authorization: Bearer`. Good for this build alone, and for nothing but sending its files.'
    }),
    expiresAt: Type.With(Time, { description: 'Until when a push may begin with it: ISO 8601, UTC.' }),
    source: Type.With(Source, { description: 'What is to be sent.' }),
    path: Type.String({
      maxLength: 4_000,
      description: 'Where the dashboard’s server takes the files, as a path at the hub’s public address.'
    }),
    addresses: Type.Array(PushAddress, {
      maxItems: 10,
      description: 'The same as full addresses, as far as the service knows them: to be tried in this order.'
    }),
    publishablePaths: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: LIMITS.path }), {
        minItems: 1,
        description:
          'Folders that files may be published from, relative to the home folder or absolute: to be looked at where the files are. Left out: all.'
      })
    )
  },
  { description: 'The right to send the files of one build to its dashboard’s server.' }
);
export type PushTicket = Static<typeof PushTicket>;

/** What a push ticket says: `push.base64url(JSON).base64url(Ed25519 signature over all before)`. Times in ms. */
export const PushClaims = Type.Object({
  v: Type.Literal(1),
  purpose: Type.Literal('push'),
  id: Type.String({ maxLength: 100 }),
  dashboardId: Type.String(),
  startId: Type.String(),
  buildId: Type.String(),
  issuedAt: Type.Integer(),
  expiresAt: Type.Integer()
});
export type PushClaims = Static<typeof PushClaims>;

export const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });

/** Answer to POST _dashboards/push/hello. */
export const PushGreeted = Type.Object({
  /** The offer that the next one may build on, by the hash of its text; left out or null: it has to tell all. */
  base: Type.Optional(Type.Union([Sha256, Type.Null()]))
});
export type PushGreeted = Static<typeof PushGreeted>;

/** POST _dashboards/push/missing. The offer itself is sent like any other content, also while it is still being made. */
export const PushOffered = Type.Object({
  /** Hash and length in bytes of the offer's text. */
  sha256: Sha256,
  size: Type.Integer({ minimum: 1 })
});
export type PushOffered = Static<typeof PushOffered>;

/** Its answer: the contents that are wanted, by their numbers in the offer, and where each begins. */
export const PushMissing = Type.Object({
  /** Bytes of the offer's text that are there. Where that is not all, they have to come first, and nothing else is said. */
  received: Type.Integer({ minimum: 0 }),
  missing: Type.Array(Type.Integer({ minimum: 0 })),
  /** Of contents that came in part: number, bytes that are there. */
  partial: Type.Array(Type.Tuple([Type.Integer({ minimum: 0 }), Type.Integer({ minimum: 0 })]))
});
export type PushMissing = Static<typeof PushMissing>;

/** POST _dashboards/push/finish. `complete` is false where something is still missing. */
export const PushFinished = Type.Object({ complete: Type.Boolean() });
export type PushFinished = Static<typeof PushFinished>;

/**
 * POST _dashboards/push/failed, and POST /api/v1/builds/:id/push-failed where the dashboard's server cannot be told: the
 * files cannot be sent, which ends the build with this problem.
 */
export const PushFailed = Type.Object(
  { problem: Type.With(Problem, { description: 'Why they cannot be sent: becomes the problem of the build.' }) },
  { description: 'The files of a build cannot be sent.' }
);
export type PushFailed = Static<typeof PushFailed>;

/** POST <base_url>jupyterhub-dashboards/push at the author's own Lab server, and what the push program reads. */
export const PushOrder = Type.Object({
  build: Type.String({ minLength: 1, maxLength: 100 }),
  ticket: PushTicket.properties.ticket,
  source: Source,
  addresses: Type.Array(PushAddress, { minItems: 1, maxItems: 12 }),
  publishablePaths: PushTicket.properties.publishablePaths
});
export type PushOrder = Static<typeof PushOrder>;

/** How a push has ended. */
export const PushOutcome = Type.Object({
  ok: Type.Boolean(),
  /** Why it failed; where the build has failed of it, the same as the build's. */
  problem: Type.Union([Problem, Type.Null()])
});
export type PushOutcome = Static<typeof PushOutcome>;

/** GET <base_url>jupyterhub-dashboards/push?build= at the author's own Lab server, and its answer to the order. */
export const PushState = Type.Object({
  running: Type.Boolean(),
  /** How the last one has ended; null: it runs, or there was none. */
  outcome: Type.Union([PushOutcome, Type.Null()])
});
export type PushState = Static<typeof PushState>;

/**
 * For how long both ends of a push put up with an interruption: the sender tries again, the build waits, and the ticket that
 * the push began with stays good. In ms.
 */
export const PUSH_PATIENCE_MS = 600_000;

/** Longest path in an offer, in bytes; the same as Linux has. */
export const LONGEST_PATH = Math.max(4_095, LIMITS.path);

import { Type, type Static } from 'typebox';

import { Problem } from './errors';
import { Time } from './fields';
import { Sender } from './logs';
import { LIMITS } from './names';
import { Profile } from './server-pod';
import { CLONE_STRATEGIES, Place, Source, Strategy } from './source';
import { BuildState, BuiltWith, FrameworkId } from './version';

/** What the Hub's hook asks: POST internal/start-specification with `Authorization: Bearer <hook key>`. */
export const StartRequest = Type.Object({
  /** The Hub's own number of the user: a re-created user of the same name has another one. */
  userId: Type.Integer(),
  userName: Type.String({ maxLength: 255 }),
  serverName: Type.String({ maxLength: 255 })
});
export type StartRequest = Static<typeof StartRequest>;

/** What an app needs of its environment, as it was found there. */
export const Installed = Type.Pick(BuiltWith, ['python', 'framework']);
export type Installed = Static<typeof Installed>;

/** One version as the runner needs it to start it from disk. */
export const RunnableVersion = Type.Object({
  n: Type.Integer({ minimum: 1 }),
  framework: FrameworkId,
  entry: Type.String({ maxLength: LIMITS.path }),
  command: Type.Union([Type.String({ maxLength: LIMITS.command }), Type.Null()]),
  /** How its files came to where they are. Left out by services that know one way alone, which is `snapshot`. */
  strategy: Type.Optional(Strategy),
  /** Left out: not known. */
  builtWith: Type.Optional(Installed)
});
export type RunnableVersion = Static<typeof RunnableVersion>;

/** Work for the runner. It reports to runner/builds/:id. */
export const BuildJob = Type.Union([
  Type.Object({
    kind: Type.Literal('publish'),
    id: Type.String(),
    n: Type.Integer({ minimum: 1 }),
    source: Source,
    /** What the author's own server saw of a source's folder; left out: nobody has said. */
    place: Type.Optional(Place),
    /** How the files of the live version, which are of the same source, came here; left out: they are of another, or there is none. */
    before: Type.Optional(Strategy),
    /** The author's volume has been cloned for this version, and the clone is there: which folder of it is the source's. */
    cloned: Type.Optional(
      Type.Object({
        strategy: Type.Enum([...CLONE_STRATEGIES]),
        folder: Type.String({ pattern: '^/' }),
        /** Where the author's server had it. */
        from: Type.String({ maxLength: LIMITS.path, pattern: '^/' })
      })
    ),
    /** Null: detect it. */
    framework: Type.Union([FrameworkId, Type.Null()]),
    command: Type.Union([Type.String({ maxLength: LIMITS.command }), Type.Null()])
  }),
  Type.Object({ kind: Type.Literal('activate'), id: Type.String(), version: RunnableVersion })
]);
export type BuildJob = Static<typeof BuildJob>;

/** What the runner should be doing now. Absolute, never a difference: it may be repeated or skipped. */
export const RunnerState = Type.Object({
  /** Grows with every change; an older one than the last seen is ignored. */
  revision: Type.Integer(),
  live: Type.Union([RunnableVersion, Type.Null()]),
  /** It has been stopped: nobody sees anything of it, nor of the version that the job makes. Left out: it has not. */
  stopped: Type.Optional(Type.Literal(true)),
  /** Kept versions that somebody opened by their own link: run them beside the live one while they are in use. */
  visited: Type.Optional(Type.Array(RunnableVersion, { maxItems: 10 })),
  job: Type.Union([BuildJob, Type.Null()]),
  /** Numbers of the versions whose files stay; all others may be deleted. */
  kept: Type.Array(Type.Integer())
});
export type RunnerState = Static<typeof RunnerState>;

/** What the administrator adds to the command lines and environments of frameworks, by their ids. */
export const FrameworkAdditions = Type.Record(
  Type.String(),
  Type.Object({ args: Type.Array(Type.String()), env: Type.Record(Type.String(), Type.String()) })
);
export type FrameworkAdditions = Static<typeof FrameworkAdditions>;

/** Everything one start of a dashboard's server needs. The hook passes it as base64url of its JSON. */
export const StartSpecification = Type.Object({
  dashboard: Type.Object({ id: Type.String(), slug: Type.String(), name: Type.String() }),
  owner: Type.String(),
  serverName: Type.String(),
  /** Random for each start; sessions and tickets of an earlier start are worth nothing. */
  startId: Type.String(),
  /** Base URL of the service for the runner itself; ends with a slash. */
  serviceUrl: Type.String(),
  /** Base URL of the service for browsers, ends with a slash. A bare path while dashboards share the Hub's origin. */
  publicServiceUrl: Type.String(),
  /** Origin that dashboards are served on, or null for whatever host the request came to. */
  dashboardsOrigin: Type.Union([Type.String(), Type.Null()]),
  /** Ed25519 public key for tickets: base64url of its 32 bytes. */
  ticketKey: Type.String(),
  /** Seconds that an app may take from its start to its first answer. Left out by services that do not know it. */
  readyTimeout: Type.Optional(Type.Integer({ minimum: 1 })),
  /** Seconds that an app may take to begin an answer. Left out: as long as it likes. */
  requestTimeout: Type.Optional(Type.Integer({ minimum: 1 })),
  additions: Type.Optional(FrameworkAdditions),
  /** Hosts that repositories are fetched from. Left out: all of the internet. */
  gitHosts: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 300 }))),
  /** Folders that files may be published from, relative to the home folder or absolute. Left out: all. */
  publishablePaths: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: LIMITS.path }), { minItems: 1 })),
  /** Strategies that new versions may have. Left out: all. */
  strategies: Type.Optional(Type.Array(Strategy)),
  /** Frameworks that new versions may have. Left out: all. */
  frameworks: Type.Optional(Type.Array(FrameworkId)),
  state: RunnerState,
  /** Of an earlier start: the Hub has remembered it, and the service is away. Nothing is built or removed for it. */
  remembered: Type.Optional(Type.Boolean()),
  /** There is no dashboard: look at the environment, show what was found to whoever has the key, and end. */
  check: Type.Optional(
    Type.Object({
      key: Type.String({ minLength: 16 }),
      frameworks: Type.Array(FrameworkId),
      /** What files can be sent to this server with. Left out by services that do not know it. */
      push: Type.Optional(
        Type.Object({
          buildId: Type.String(),
          ticket: Type.String(),
          relayUrl: Type.Union([Type.String(), Type.Null()]),
          ownDomains: Type.Boolean()
        })
      )
    })
  )
});
export type StartSpecification = Static<typeof StartSpecification>;

/** A folder of a volume that the server of a dashboard has besides what it is given by the Hub: read-only, for one version. */
export const VersionMount = Type.Object({
  version: Type.Integer({ minimum: 1 }),
  claim: Type.String({ minLength: 1, maxLength: 253 }),
  /** In the volume, without slashes at its ends; empty: all of it. */
  subPath: Type.String({ maxLength: LIMITS.path }),
  /** Where the server has it: see `mountPath`. */
  path: Type.String({ pattern: '^/' })
});
export type VersionMount = Static<typeof VersionMount>;

/** Where the server of a dashboard has the volume of version `n`. */
export function mountPath(n: number): string {
  return `/var/lib/jupyterhub-dashboards/${n}`;
}

/** The hook's answer: run this, or show this sentence instead. */
export const StartReply = Type.Union([
  Type.Object({
    kind: Type.Literal('run'),
    specification: Type.String(),
    /** Left out: none. */
    mounts: Type.Optional(Type.Array(VersionMount)),
    /** What a pod is to be made with. Left out: as others of its owner's. */
    pod: Type.Optional(
      Type.Object({
        /** Instead of what the Hub is set up with. */
        image: Type.Optional(Type.String()),
        /** Left out: what the owner has last chosen for the server `like`. */
        profile: Type.Optional(Profile),
        like: Type.Optional(Type.String({ maxLength: 255 }))
      })
    )
  }),
  Type.Object({ kind: Type.Literal('refuse'), message: Type.String() })
]);
export type StartReply = Static<typeof StartReply>;

/** What a build waits for that its author's side has to do. */
export const Wants = Type.Enum(['files', 'nothing']);
export type Wants = Static<typeof Wants>;

/** POST runner/builds/:id/progress. Extends the lease. */
export const BuildProgress = Type.Object({
  startId: Type.String(),
  sender: Type.Optional(Sender),
  state: Type.Optional(BuildState),
  /** From now on; left out: as before. */
  wants: Type.Optional(Wants),
  /** Lines of this build that the sender has sent before these: what is sent twice is kept once. Older ones do not say it. */
  from: Type.Optional(Type.Integer({ minimum: 0 })),
  lines: Type.Array(Type.String({ maxLength: LIMITS.logLine }), { maxItems: LIMITS.reportLines })
});
export type BuildProgress = Static<typeof BuildProgress>;
export const BuildProgressReply = Type.Object({ cancelled: Type.Boolean() });
export type BuildProgressReply = Static<typeof BuildProgressReply>;

/** POST runner/builds/:id/result. The reply is the new RunnerState. Repeating it changes nothing. */
export const BuildResult = Type.Object({
  startId: Type.String(),
  outcome: Type.Union([
    Type.Object({
      ok: Type.Literal(true),
      framework: FrameworkId,
      /** What the version is started with, where the job left that open: a file, or `.` for the folder itself. */
      entry: Type.Optional(Type.String({ minLength: 1, maxLength: LIMITS.path })),
      frameworkReason: Type.String({ maxLength: 1_000 }),
      /** Left out by runners that know one alone, which is `snapshot`. */
      strategy: Type.Optional(Strategy),
      commit: Type.Optional(Type.String({ maxLength: 64 })),
      manifestHash: Type.String({ maxLength: 100 }),
      files: Type.Integer({ minimum: 0 }),
      bytes: Type.Integer({ minimum: 0 }),
      warnings: Type.Array(Type.String({ maxLength: 2_000 }), { maxItems: 200 }),
      /** Left out by runners that do not look. */
      installed: Type.Optional(Installed)
    }),
    Type.Object({ ok: Type.Literal(false), problem: Problem })
  ])
});
export type BuildResult = Static<typeof BuildResult>;

/** POST runner/refused: the small server that stands in where no runner is installed tells why. */
export const RefusalReport = Type.Object({
  problem: Problem,
  /** Of the start that it stands in for: of one that is over nothing is heard any more. Older ones do not say it. */
  startId: Type.Optional(Type.String())
});
export type RefusalReport = Static<typeof RefusalReport>;

/** POST runner/removed: what became of the files of the deleted dashboard. Who says nothing may not have removed them. */
export const RemovalReport = Type.Object({
  startId: Type.String(),
  /** Why some of them are still there; null: nothing is. */
  problem: Type.Union([Problem, Type.Null()])
});
export type RemovalReport = Static<typeof RemovalReport>;

/** What the live app is doing, as the runner sees it. */
export const AppStatus = Type.Object({
  state: Type.Enum(['none', 'starting', 'serving', 'restarting', 'failed']),
  version: Type.Union([Type.Integer(), Type.Null()]),
  problem: Type.Union([Problem, Type.Null()])
});
export type AppStatus = Static<typeof AppStatus>;

/** Which versions a runner has found on its disk when it began, and which not, of those that are kept. */
export const StoredVersions = Type.Object({
  here: Type.Array(Type.Integer(), { maxItems: 10_000 }),
  gone: Type.Array(Type.Integer(), { maxItems: 10_000 })
});
export type StoredVersions = Static<typeof StoredVersions>;

/**
 * POST runner/heartbeat, every 4 s and at once whenever `app` changes. `sessions` are the ids of those with an open
 * connection or a request since the last heartbeat; the reply names those that have ended and must be cut off.
 */
export const Heartbeat = Type.Object({
  startId: Type.String(),
  app: AppStatus,
  sessions: Type.Array(Type.String({ maxLength: 100 }), { maxItems: 10_000 }),
  /** WebSockets and requests that have been open for a second or longer: who holds one has something on the screen. */
  connections: Type.Integer({ minimum: 0 }),
  /** Time of the last request of a viewer; null if there was none. */
  lastActivity: Type.Union([Time, Type.Null()]),
  /** Until it has been told once. */
  versions: Type.Optional(StoredVersions)
});
export type Heartbeat = Static<typeof Heartbeat>;
export const HeartbeatReply = Type.Object({ ended: Type.Array(Type.String()) });
export type HeartbeatReply = Static<typeof HeartbeatReply>;

/** GET runner/events?startId= (server-sent events), with a comment line every 5 s. Begins with `state`. */
export const RunnerEvent = Type.Union([
  Type.Object({ kind: Type.Literal('state'), state: RunnerState }),
  /** These sessions have ended: refuse their requests and close their connections. */
  Type.Object({ kind: Type.Literal('ended'), sessions: Type.Array(Type.String()) }),
  Type.Object({ kind: Type.Literal('stop') }),
  /** The dashboard was deleted: stop everything, remove its files, say what became of that, and end. */
  Type.Object({ kind: Type.Literal('delete') })
]);
export type RunnerEvent = Static<typeof RunnerEvent>;

/** Signed content of a ticket: `base64url(JSON).base64url(Ed25519 signature over the first part)`. Times in ms. */
export const TicketClaims = Type.Object({
  v: Type.Literal(1),
  /** Becomes the id of the session at the runner. */
  id: Type.String({ maxLength: 100 }),
  dashboardId: Type.String(),
  startId: Type.String(),
  viewer: Type.Object({ name: Type.String(), groups: Type.Array(Type.String()), owner: Type.Boolean() }),
  /** base64url(sha256(nonce)), the nonce being in a cookie of the flow that asked for the ticket. */
  flow: Type.String({ maxLength: 100 }),
  issuedAt: Type.Integer(),
  expiresAt: Type.Integer()
});
export type TicketClaims = Static<typeof TicketClaims>;

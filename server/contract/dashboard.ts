import { Type, type Static } from 'typebox';

import { Problem } from './errors';
import { LIMITS } from './names';

/** ISO-8601, UTC. */
export const Time = Type.String({ maxLength: 40 });

export const FRAMEWORK_IDS = ['voila', 'streamlit', 'dash', 'panel', 'bokeh', 'static', 'command'] as const;
export const FrameworkId = Type.Enum([...FRAMEWORK_IDS]);
export type FrameworkId = Static<typeof FrameworkId>;

/**
 * Where the files come from. `root` is an absolute folder of the author's, `entry` a path relative to it; `.` leaves it to
 * the runner what the folder is started with.
 */
export const Source = Type.Object(
  {
    kind: Type.Literal('files'),
    root: Type.String({ minLength: 1, maxLength: LIMITS.path }),
    entry: Type.String({ minLength: 1, maxLength: LIMITS.path }),
    /** `folder` publishes all of `root`, `file` the entry alone. */
    scope: Type.Union([Type.Literal('folder'), Type.Literal('file')])
  },
  { additionalProperties: false }
);
export type Source = Static<typeof Source>;

const HubName = Type.String({ minLength: 1, maxLength: 255 });

/** Who may look. The owner always may. */
export const Audience = Type.Union([
  Type.Object({ kind: Type.Literal('owner') }, { additionalProperties: false }),
  Type.Object(
    {
      kind: Type.Literal('people'),
      users: Type.Array(HubName, { maxItems: LIMITS.audienceEntries }),
      groups: Type.Array(HubName, { maxItems: LIMITS.audienceEntries })
    },
    { additionalProperties: false }
  ),
  Type.Object({ kind: Type.Literal('everyone') }, { additionalProperties: false })
]);
export type Audience = Static<typeof Audience>;
export type AudienceKind = Audience['kind'];

/** Audiences that a new dashboard can have without anybody being named. */
export const DefaultAudience = Type.Enum(['owner', 'everyone']);
export type DefaultAudience = Static<typeof DefaultAudience>;

/** What the owner wants: `on` runs, `asleep` is woken by a visit, `off` only by its owner. */
export const DESIRED_STATES = ['on', 'asleep', 'off'] as const;
export const DesiredState = Type.Enum([...DESIRED_STATES]);
export type DesiredState = Static<typeof DesiredState>;

/**
 * What a person sees. Derived from desired state, running build and what the runner reports; never stored. `cancelled`:
 * no version has ever worked, and the newest publish was called off.
 */
export const DASHBOARD_STATES = ['building', 'starting', 'running', 'asleep', 'off', 'failed', 'cancelled'] as const;
export const DashboardState = Type.Enum([...DASHBOARD_STATES]);
export type DashboardState = Static<typeof DashboardState>;

export const BUILD_STATES = ['queued', 'server', 'copy', 'start', 'check', 'live', 'failed', 'cancelled'] as const;
export const BuildState = Type.Enum([...BUILD_STATES]);
/** `live`, `failed` and `cancelled` are final; the others name the stage that is under way. */
export type BuildState = Static<typeof BuildState>;
export const FINAL_BUILD_STATES: readonly BuildState[] = ['live', 'failed', 'cancelled'];

export const Version = Type.Object({
  n: Type.Integer({ minimum: 1 }),
  createdAt: Time,
  author: Type.String(),
  message: Type.String(),
  source: Source,
  /** Null until the build has found out. */
  framework: Type.Union([FrameworkId, Type.Null()]),
  /** Why this framework was chosen, in a sentence. */
  frameworkReason: Type.String(),
  manifestHash: Type.Union([Type.String(), Type.Null()]),
  files: Type.Integer({ minimum: 0 }),
  bytes: Type.Integer({ minimum: 0 }),
  warnings: Type.Array(Type.String()),
  state: Type.Enum(['building', 'ready', 'failed', 'removed']),
  live: Type.Boolean()
});
export type Version = Static<typeof Version>;

export const Build = Type.Object({
  id: Type.String(),
  dashboardId: Type.String(),
  /** `publish` makes a new version, `activate` makes a kept one live again. */
  kind: Type.Enum(['publish', 'activate']),
  version: Type.Integer({ minimum: 1 }),
  state: BuildState,
  createdAt: Time,
  endedAt: Type.Union([Time, Type.Null()]),
  problem: Type.Union([Problem, Type.Null()])
});
export type Build = Static<typeof Build>;

export const Dashboard = Type.Object({
  id: Type.String(),
  slug: Type.String(),
  name: Type.String(),
  description: Type.String(),
  owner: Type.String(),
  audience: Audience,
  state: DashboardState,
  desired: DesiredState,
  /** The number of the live version; null before the first build has succeeded. */
  liveVersion: Type.Union([Type.Integer(), Type.Null()]),
  /** Framework of the live version, else of the newest one. */
  framework: Type.Union([FrameworkId, Type.Null()]),
  /** Source of the newest version: what *Update* publishes again. Null for those who are not its owner. */
  source: Type.Union([Source, Type.Null()]),
  /** The newest build. Null for those who are not its owner. */
  build: Type.Union([Build, Type.Null()]),
  /** What stopped it, while `state` is `failed` or `cancelled`. */
  problem: Type.Union([Problem, Type.Null()]),
  /** Stable link, absolute. */
  link: Type.String(),
  viewers: Type.Integer({ minimum: 0 }),
  mine: Type.Boolean(),
  /** Whether the caller is in the audience. Administrators list and stop what they may not open. */
  mayOpen: Type.Boolean(),
  createdAt: Time,
  updatedAt: Time
});
export type Dashboard = Static<typeof Dashboard>;

const Name = Type.String({ minLength: 1, maxLength: LIMITS.name });
const Command = Type.String({ minLength: 1, maxLength: LIMITS.command });
const Message = Type.String({ maxLength: LIMITS.message });

/** What to run, and from where: the part that first publish and update have in common. */
const VersionInput = {
  source: Source,
  /** Left out: the runner detects it from the entry's content. */
  framework: Type.Optional(FrameworkId),
  /** For `command`: a command line with `{port}`, `{base_url}`, `{entry}`. Split into words, never given to a shell. */
  command: Type.Optional(Command),
  message: Type.Optional(Message)
};

/** POST /api/v1/dashboards */
export const PublishRequest = Type.Object(
  {
    ...VersionInput,
    name: Name,
    description: Type.Optional(Type.String({ maxLength: LIMITS.description })),
    /** Left out: `defaultAudience` of `GET whoami`. */
    audience: Type.Optional(Audience)
  },
  { additionalProperties: false }
);
export type PublishRequest = Static<typeof PublishRequest>;

/** POST /api/v1/dashboards/:id/versions; everything left out is taken from the newest version. */
export const UpdateRequest = Type.Partial(Type.Object(VersionInput), { additionalProperties: false });
export type UpdateRequest = Static<typeof UpdateRequest>;

/** PATCH /api/v1/dashboards/:id */
export const PatchRequest = Type.Partial(
  Type.Object({
    name: Name,
    description: Type.String({ maxLength: LIMITS.description }),
    audience: Audience
  }),
  { additionalProperties: false, minProperties: 1 }
);
export type PatchRequest = Static<typeof PatchRequest>;

/** POST /api/v1/dashboards/:id/live */
export const ActivateRequest = Type.Object({ version: Type.Integer({ minimum: 1 }) }, { additionalProperties: false });
export type ActivateRequest = Static<typeof ActivateRequest>;

/** Reply of publish, update and activate. */
export const BuildReply = Type.Object({ dashboard: Dashboard, build: Build });
export type BuildReply = Static<typeof BuildReply>;

export const DashboardReply = Type.Object({ dashboard: Dashboard });
export type DashboardReply = Static<typeof DashboardReply>;

export const LIST_FILTERS = ['mine', 'shared', 'all'] as const;
export const ListFilter = Type.Enum([...LIST_FILTERS]);
export type ListFilter = Static<typeof ListFilter>;

/** How many of something are on a page. */
export const PageLimit = Type.String({
  pattern: '^([1-9][0-9]?|1[0-9][0-9]|200)$',
  description: 'a whole number from 1 to 200'
});

/**
 * GET /api/v1/dashboards, newest first, a page at a time. Without a filter: mine and shared; `all` is for admins.
 * `search` finds a part of name, description, slug or owner, whatever the case. Values of a query are text.
 */
export const ListQuery = Type.Object(
  {
    filter: Type.Optional(ListFilter),
    search: Type.Optional(Type.String({ maxLength: LIMITS.search })),
    /** Dashboards on a page: 1 to 200, else 50. */
    limit: Type.Optional(PageLimit),
    /** `next` of the page before. */
    cursor: Type.Optional(Type.String({ maxLength: LIMITS.cursor }))
  },
  { additionalProperties: false }
);
export type ListQuery = Static<typeof ListQuery>;
export const DashboardList = Type.Object({
  dashboards: Type.Array(Dashboard),
  /** Cursor of the next page; null on the last one. */
  next: Type.Union([Type.String(), Type.Null()])
});
export type DashboardList = Static<typeof DashboardList>;

export const VersionList = Type.Object({ versions: Type.Array(Version) });
export type VersionList = Static<typeof VersionList>;

/** GET /api/v1/whoami */
export const Whoami = Type.Object({
  name: Type.String(),
  admin: Type.Boolean(),
  groups: Type.Array(Type.String()),
  /** Audiences this hub allows, and why the others are off. */
  audiences: Type.Array(Type.Enum(['owner', 'people', 'everyone'])),
  /** Of a publish that names none. Always one of `audiences`. */
  defaultAudience: DefaultAudience,
  sharingOff: Type.Union([Problem, Type.Null()]),
  /** Whether the caller may publish, and if not, why. What they published before stays theirs to stop and delete. */
  mayPublish: Type.Boolean(),
  publishingOff: Type.Union([Problem, Type.Null()]),
  version: Type.String()
});
export type Whoami = Static<typeof Whoami>;

export const FrameworkInfo = Type.Object({ id: FrameworkId, title: Type.String() });
export type FrameworkInfo = Static<typeof FrameworkInfo>;
/** GET /api/v1/frameworks */
export const FrameworkList = Type.Object({ frameworks: Type.Array(FrameworkInfo) });
export type FrameworkList = Static<typeof FrameworkList>;

/** GET /api/v1/health */
export const Health = Type.Object({ ok: Type.Boolean(), version: Type.String(), hub: Type.Boolean() });
export type Health = Static<typeof Health>;

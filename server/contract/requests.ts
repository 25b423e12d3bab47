import { Type, type Static } from 'typebox';

import { Audience } from './audience';
import { Dashboard } from './dashboard';
import { PageLimit } from './fields';
import { LIMITS } from './names';
import { Place, Source } from './source';
import { Build, FrameworkId, Version } from './version';

const Name = Type.String({
  minLength: 1,
  maxLength: LIMITS.name,
  description: 'Name as people see it. No two dashboards of one owner have the same.'
});
const Description = Type.String({
  maxLength: LIMITS.description,
  description: 'What people should know about it: lines of plain text.'
});

/** What to run, and from where: the part that first publish and update have in common. */
const VersionInput = {
  source: Source,
  place: Type.Optional(Place),
  framework: Type.Optional(
    Type.Union([FrameworkId, Type.Null()], {
      description:
        'What runs it; null: it is found out from the content of the entry. Left out: the same, and for a further version of the same entry what was chosen before.'
    })
  ),
  command: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: LIMITS.command,
      description:
        'For the framework `command` alone: a command line with `{port}`, and where wanted `{base_url}` and `{entry}`. It is split into words and never given to a shell.'
    })
  ),
  message: Type.Optional(
    Type.String({ maxLength: LIMITS.message, description: 'What is new, for the list of versions: plain text.' })
  )
};

export const PublishRequest = Type.Object(
  {
    ...VersionInput,
    name: Name,
    description: Type.Optional(Description),
    audience: Type.Optional(
      Type.With(Audience, {
        description: 'Who may look besides the owner. Left out: the `defaultAudience` of `GET whoami`.'
      })
    )
  },
  { additionalProperties: false, description: 'A new dashboard, and its first version.' }
);
export type PublishRequest = Static<typeof PublishRequest>;

/** POST /api/v1/dashboards/:id/versions */
export const UpdateRequest = Type.Partial(
  Type.Object({
    ...VersionInput,
    audience: Type.With(Audience, {
      description:
        'Who may look besides the owner, once the new version is live. Who is left out of it may no longer look at once, and nobody is added by a build that fails or is cancelled.'
    })
  }),
  {
    additionalProperties: false,
    description:
      'A new version. What is left out is taken from the live one, or from the newest where none has worked yet, except for the message.'
  }
);
export type UpdateRequest = Static<typeof UpdateRequest>;

/** PATCH /api/v1/dashboards/:id */
export const PatchRequest = Type.Partial(Type.Object({ name: Name, description: Description, audience: Audience }), {
  additionalProperties: false,
  minProperties: 1,
  description: 'What is to be changed; what is left out stays.'
});
export type PatchRequest = Static<typeof PatchRequest>;

/** POST /api/v1/dashboards/:id/live */
export const ActivateRequest = Type.Object(
  { version: Type.Integer({ minimum: 1, description: 'Number of a version whose state is `ready`.' }) },
  { additionalProperties: false, description: 'Which version viewers are to get.' }
);
export type ActivateRequest = Static<typeof ActivateRequest>;

/** Reply of publish, update and activate. */
export const BuildReply = Type.Object(
  { dashboard: Dashboard, build: Build },
  { description: 'A dashboard, and the build that was begun for it.' }
);
export type BuildReply = Static<typeof BuildReply>;

export const DashboardReply = Type.Object({ dashboard: Dashboard }, { description: 'One dashboard.' });
export type DashboardReply = Static<typeof DashboardReply>;

export const LIST_FILTERS = ['mine', 'shared', 'all'] as const;
export const ListFilter = Type.Enum([...LIST_FILTERS], {
  description: '`mine`, `shared` (with me), or `all` for administrators. Left out: mine and shared.'
});
export type ListFilter = Static<typeof ListFilter>;

/** GET /api/v1/dashboards, newest first, a page at a time. Values of a query are text. */
export const ListQuery = Type.Object(
  {
    filter: Type.Optional(ListFilter),
    search: Type.Optional(
      Type.String({
        maxLength: LIMITS.search,
        description: 'A part of name, description, slug or owner, whatever the case.'
      })
    ),
    limit: Type.Optional(PageLimit),
    cursor: Type.Optional(
      Type.String({
        maxLength: LIMITS.cursor,
        description: '`next` of the page before, as it is. Left out: the first.'
      })
    )
  },
  { additionalProperties: false }
);
export type ListQuery = Static<typeof ListQuery>;
export const DashboardList = Type.Object(
  {
    dashboards: Type.Array(Dashboard, { description: 'The newest first.' }),
    next: Type.Union([Type.String(), Type.Null()], { description: '`cursor` of the next page; null on the last one.' })
  },
  { description: 'A page of dashboards.' }
);
export type DashboardList = Static<typeof DashboardList>;

export const VersionList = Type.Object(
  { versions: Type.Array(Version, { description: 'All there have been, the newest first.' }) },
  { description: 'The versions of a dashboard.' }
);
export type VersionList = Static<typeof VersionList>;

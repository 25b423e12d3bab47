import { Type, type Static } from 'typebox';

import { DefaultAudience } from './audience';
import { Problem } from './errors';
import { Strategy } from './source';
import { FrameworkId } from './version';

/** GET /api/v1/whoami */
export const Whoami = Type.Object(
  {
    name: Type.String({ description: 'Name of the Hub user.' }),
    admin: Type.Boolean({ description: 'Whether they are an administrator of the Hub.' }),
    groups: Type.Array(Type.String(), { description: 'Names of their groups at the Hub.' }),
    audiences: Type.Array(Type.Enum(['owner', 'people', 'everyone']), {
      description: 'Kinds of audiences that this hub allows now.'
    }),
    defaultAudience: Type.With(DefaultAudience, {
      description: 'Audience of a publish that names none. Always one of `audiences`.'
    }),
    strategies: Type.Array(Strategy, { description: 'How files may come to where they are served on this hub.' }),
    filesOff: Type.Optional(
      Type.Union([Problem, Type.Null()], {
        description: 'Why files of homes cannot be published on this hub, and what can; null: they can.'
      })
    ),
    sharingOff: Type.Union([Problem, Type.Null()], {
      description: 'Why dashboards cannot be shared on this hub; null: they can.'
    }),
    mayPublish: Type.Boolean({
      description:
        'Whether the caller may publish and update. What they have published stays theirs to stop and delete either way.'
    }),
    publishingOff: Type.Union([Problem, Type.Null()], {
      description: 'Why the caller may not publish; null: they may.'
    }),
    publishablePaths: Type.Optional(
      Type.Union([Type.Array(Type.String()), Type.Null()], {
        description: 'Folders that files may be published from, absolute or below the home folder; null: all.'
      })
    ),
    version: Type.String({ description: 'Version of the service.' })
  },
  { description: 'Who the caller is, and what they may do on this hub.' }
);
export type Whoami = Static<typeof Whoami>;

export const FrameworkInfo = Type.Object({
  id: FrameworkId,
  title: Type.String({ description: 'Its name for people.' })
});
export type FrameworkInfo = Static<typeof FrameworkInfo>;
/** GET /api/v1/frameworks */
export const FrameworkList = Type.Object(
  { frameworks: Type.Array(FrameworkInfo, { description: 'Those that the administrator offers.' }) },
  { description: 'Frameworks that new versions may have.' }
);
export type FrameworkList = Static<typeof FrameworkList>;

/** GET /api/v1/health */
export const Health = Type.Object(
  {
    ok: Type.Boolean({ description: 'Always true: what answers runs.' }),
    version: Type.String({ description: 'Version of the service.' }),
    hub: Type.Boolean({ description: 'Whether the service reaches the Hub; not older than 2 seconds.' })
  },
  { description: 'How the service is.' }
);
export type Health = Static<typeof Health>;

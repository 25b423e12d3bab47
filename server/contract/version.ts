import { Type, type Static } from 'typebox';

import { Audience } from './audience';
import { Problem } from './errors';
import { Time } from './fields';
import { Source, Strategy } from './source';

export const FRAMEWORK_IDS = ['voila', 'streamlit', 'dash', 'panel', 'bokeh', 'static', 'command'] as const;
export const FrameworkId = Type.Enum([...FRAMEWORK_IDS], {
  description: 'What runs the dashboard. `static`: files as they are; `command`: a command line of the author’s.'
});
export type FrameworkId = Static<typeof FrameworkId>;

export const BUILD_STATES = ['queued', 'server', 'copy', 'start', 'check', 'live', 'failed', 'cancelled'] as const;
export const BuildState = Type.Enum([...BUILD_STATES], {
  description:
    'The stage that is under way: `queued`: waiting for its turn; `server`: the server of the dashboard is being started; `copy`: files are being copied; `start`: the app is being started; `check`: its first page is being looked at. `live`, `failed` and `cancelled` are final.'
});
export type BuildState = Static<typeof BuildState>;
export const FINAL_BUILD_STATES: readonly BuildState[] = ['live', 'failed', 'cancelled'];

const VersionNumber = Type.Integer({
  minimum: 1,
  description: 'Number of the version: 1, 2, 3 … within its dashboard.'
});

const orNull = Type.Union([Type.String({ maxLength: 1_000 }), Type.Null()]);

/** What a version was built with. What is not known, or not there, is null. */
export const BuiltWith = Type.Object(
  {
    image: Type.With(orNull, { description: 'Image of the container that its server ran in.' }),
    python: Type.With(orNull, { description: 'Version of Python.' }),
    framework: Type.With(orNull, { description: 'Package of the framework and its version: `streamlit 1.40.0`.' })
  },
  { description: 'What it was built with; another start of its server may have something else. Left out: not known.' }
);
export type BuiltWith = Static<typeof BuiltWith>;

export const Version = Type.Object(
  {
    n: VersionNumber,
    createdAt: Type.With(Time, { description: 'When it was published: ISO 8601, UTC.' }),
    author: Type.String({ description: 'Name of the Hub user who published it.' }),
    message: Type.String({ description: 'What its author wrote about it; empty: nothing.' }),
    source: Source,
    strategy: Type.Union([Strategy, Type.Null()], {
      description: 'How its files came to where they are served. Null until the build has found out.'
    }),
    commit: Type.Union([Type.String(), Type.Null()], {
      description: 'The commit of its files, where they come from a Git repository; null until it is known.'
    }),
    framework: Type.Union([FrameworkId, Type.Null()], { description: 'Null until the build has found out.' }),
    frameworkReason: Type.String({
      description: 'Why this framework was chosen, in a sentence; empty: not known yet.'
    }),
    manifestHash: Type.Union([Type.String(), Type.Null()], {
      description:
        'Hash of its list of files: the same for the same files; `live` where they are served as they are saved. Null until they are copied.'
    }),
    files: Type.Integer({ minimum: 0, description: 'How many files it has; 0 until they are copied.' }),
    bytes: Type.Integer({ minimum: 0, description: 'Size of its files, in bytes; 0 until they are copied.' }),
    warnings: Type.Array(Type.String(), { description: 'Sentences about what may not work, for its author.' }),
    state: Type.Enum(['building', 'ready', 'failed', 'removed', 'lost'], {
      description:
        '`building`: being made; `ready`: it worked and is kept; `failed`: it never worked; `removed`: its files are kept no longer; `lost`: they were to be kept, and are gone from the disk. Should they come back, it is `ready` again.'
    }),
    live: Type.Boolean({ description: 'Whether viewers get this version.' }),
    builtWith: Type.Optional(BuiltWith)
  },
  { description: 'One state of the files of a dashboard, as it was published. It never changes.' }
);
export type Version = Static<typeof Version>;

export const Build = Type.Object(
  {
    id: Type.String({ description: 'Id of the build.' }),
    dashboardId: Type.String({ description: 'Id of its dashboard.' }),
    kind: Type.Enum(['publish', 'activate'], {
      description: '`publish` makes a new version, `activate` makes a kept one live again.'
    }),
    version: VersionNumber,
    state: BuildState,
    createdAt: Type.With(Time, { description: 'When it was asked for: ISO 8601, UTC.' }),
    endedAt: Type.Union([Time, Type.Null()], { description: 'When it ended; null while it is under way.' }),
    problem: Type.Union([Problem, Type.Null()], {
      description: 'Why it failed or was cancelled; null in all other states.'
    }),
    wantsFiles: Type.Optional(
      Type.Literal(true, {
        description:
          'Its server does not see the files, and waits for them to be sent: with a push ticket. Left out: it does not.'
      })
    ),
    clonesVolume: Type.Optional(
      Type.Literal(true, {
        description:
          'The volume that its files are on is looked for and cloned, before its server gets it. Left out: it is not, or it is done.'
      })
    ),
    audience: Type.Optional(
      Type.With(Audience, {
        description: 'Who may look once it is live. Left out: whoever may look already, without anybody new.'
      })
    )
  },
  { description: 'The making of a version, or its way back to being the live one.' }
);
export type Build = Static<typeof Build>;

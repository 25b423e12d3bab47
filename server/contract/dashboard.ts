import { Type, type Static } from 'typebox';

import { Audience } from './audience';
import { Problem } from './errors';
import { Time } from './fields';
import { Source } from './source';
import { Build, FrameworkId } from './version';

export const DESIRED_STATES = ['on', 'asleep', 'off'] as const;
export const DesiredState = Type.Enum([...DESIRED_STATES], {
  description:
    'What is wanted of it. `on`: it runs; `asleep`: its server is not running, for nobody looked or the hub was restarted, and the next visit starts it; `off`: somebody has stopped it, and visits do not start it.'
});
export type DesiredState = Static<typeof DesiredState>;

/** Derived from desired state, running build and what the runner reports; never stored. */
export const DASHBOARD_STATES = ['building', 'starting', 'running', 'asleep', 'off', 'failed', 'cancelled'] as const;
export const DashboardState = Type.Enum([...DASHBOARD_STATES], {
  description:
    'What people see of it. `building`: no version serves, and one is being made; `starting`: it is on its way up; `running`: it serves its live version, also while an update is being made; `asleep`: not running, and the next visit starts it; `off`: stopped, and visits do not start it; `failed`: it does not work, and `problem` says why; `cancelled`: no version has ever worked, and the newest publish was called off.'
});
export type DashboardState = Static<typeof DashboardState>;

export const Dashboard = Type.Object(
  {
    id: Type.String({ description: 'Id for this API. It never changes.' }),
    slug: Type.String({ description: 'What its link ends with. It never changes.' }),
    name: Type.String({ description: 'Name as people see it.' }),
    description: Type.String({ description: 'What its owner says about it, in lines of plain text; may be empty.' }),
    owner: Type.String({ description: 'Name of the Hub user whose it is.' }),
    audience: Audience,
    state: DashboardState,
    desired: DesiredState,
    liveVersion: Type.Union([Type.Integer(), Type.Null()], {
      description: 'Number of the version that viewers get; null before the first build has succeeded.'
    }),
    framework: Type.Union([FrameworkId, Type.Null()], {
      description: 'Framework of the live version, else of the newest one; null until it is known.'
    }),
    source: Type.Union([Source, Type.Null()], {
      description:
        'Source of the live version, or of the newest where none has worked yet: what an update publishes again. Null for everybody but the owner, administrators included.'
    }),
    chosenFramework: Type.Union([FrameworkId, Type.Null()], {
      description:
        'What its owner chose to run that source, as an update keeps it; null where the framework was found out from the content, and for everybody but the owner.'
    }),
    build: Type.Union([Build, Type.Null()], {
      description: 'The newest build. Null for everybody but the owner, administrators included.'
    }),
    problem: Type.Union([Problem, Type.Null()], {
      description:
        'What stopped it, while `state` is `failed` or `cancelled`; else null. Others than the owner are not told the cause.'
    }),
    link: Type.String({ description: 'Its stable address, absolute: what people open and share.' }),
    viewers: Type.Integer({ minimum: 0, description: 'How many people look at it now.' }),
    mine: Type.Boolean({ description: 'Whether the caller is its owner.' }),
    mayOpen: Type.Boolean({
      description:
        'Whether the caller may look at it: is its owner or in its audience. Administrators list, start, stop and delete what they may not open.'
    }),
    createdAt: Type.With(Time, { description: 'When it was first published: ISO 8601, UTC.' }),
    updatedAt: Type.With(Time, { description: 'When the service last changed anything about it: ISO 8601, UTC.' })
  },
  { description: 'A dashboard as the caller may see it.' }
);
export type Dashboard = Static<typeof Dashboard>;

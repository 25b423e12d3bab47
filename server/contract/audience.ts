import { Type, type Static } from 'typebox';

import { HubName } from './fields';
import { LIMITS } from './names';

const kind = (value: string) => `Always \`${value}\`.`;

export const Audience = Type.Union(
  [
    Type.Object(
      { kind: Type.Literal('owner', { description: kind('owner') }) },
      { additionalProperties: false, description: 'The owner alone.' }
    ),
    Type.Object(
      {
        kind: Type.Literal('people', { description: kind('people') }),
        users: Type.Array(HubName, { maxItems: LIMITS.audienceEntries, description: 'Names of users of the Hub.' }),
        groups: Type.Array(HubName, {
          maxItems: LIMITS.audienceEntries,
          description: 'Names of groups of the Hub; whoever is a member at the time of the visit may look.'
        })
      },
      {
        additionalProperties: false,
        description:
          'These users, and the members of these groups. Only the owner reads who they are: to everybody else both lists are shown empty.'
      }
    ),
    Type.Object(
      { kind: Type.Literal('everyone', { description: kind('everyone') }) },
      { additionalProperties: false, description: 'Every signed-in user of the Hub.' }
    )
  ],
  { description: 'Who may look at a dashboard. Its owner always may.' }
);
export type Audience = Static<typeof Audience>;
export type AudienceKind = Audience['kind'];

/** Whether they name the same, in whatever order. */
export function sameAudience(one: Audience, other: Audience): boolean {
  return key(one) === key(other);
}

function key(audience: Audience): string {
  return audience.kind === 'people'
    ? JSON.stringify([[...audience.users].sort(), [...audience.groups].sort()])
    : audience.kind;
}

/** Audiences that a new dashboard can have without anybody being named. */
export const DefaultAudience = Type.Enum(['owner', 'everyone']);
export type DefaultAudience = Static<typeof DefaultAudience>;

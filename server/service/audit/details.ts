import type { Audience } from '../../contract';

const MAX_DETAIL = 1_000;

interface Described {
  name: string;
  description: string;
  audience: Audience;
}

/** `audience: bob, carol, group staff` */
export function describeAudience(audience: Audience): string {
  switch (audience.kind) {
    case 'owner':
      return 'the owner alone';
    case 'everyone':
      return 'everyone';
    case 'people':
      return [...audience.users, ...audience.groups.map(name => `group ${name}`)].join(', ') || 'nobody else';
  }
}

export function describeVersion(n: number): string {
  return `version ${n}`;
}

/** The Hub does not say which of those who may has pressed its button. */
export function describeStartAtHub(): string {
  return 'at the Hub, by the owner or an administrator';
}

export function describePublish(dashboard: Described): string {
  return short(`${describeVersion(1)}, audience: ${describeAudience(dashboard.audience)}`);
}

/** What is different, with the new values where they say who may look. */
export function describePatch(before: Described, after: Described): string {
  const [had, has] = [describeAudience(before.audience), describeAudience(after.audience)];
  return short(
    [
      ...(before.name === after.name ? [] : [`name: ${after.name}, was: ${before.name}`]),
      ...(before.description === after.description ? [] : ['description']),
      ...(had === has ? [] : [`audience: ${has}, was: ${had}`])
    ].join('; ') || 'nothing'
  );
}

function short(text: string): string {
  return text.length > MAX_DETAIL ? `${text.slice(0, MAX_DETAIL - 1)}…` : text;
}

import type { Audience, AudienceKind, DefaultAudience } from '../../contract';
import type { Config } from '../config';
import { errorOf, ServiceError } from '../errors';
import { AccessRefused, type Refused } from './access-refused';
import type { HubPeople } from './hub-people';
import { sharingOff } from './sharing';

/** Who looks: a signed-in user of the Hub. */
export interface Viewer {
  name: string;
  groups: readonly string[];
}

/** The rule of who may look at a dashboard. */
export function mayView(dashboard: { owner: string; audience: Audience }, viewer: Viewer): boolean {
  const { owner, audience } = dashboard;
  if (viewer.name === owner) {
    return true;
  }
  switch (audience.kind) {
    case 'owner':
      return false;
    case 'people':
      return audience.users.includes(viewer.name) || audience.groups.some(group => viewer.groups.includes(group));
    case 'everyone':
      return true;
  }
}

/**
 * Who may look already and shall go on looking: nobody who is not in both. Whoever is among the people of the one and in a
 * group of the other is left out.
 */
export function commonAudience(current: Audience, wanted: Audience): Audience {
  if (current.kind === 'everyone') {
    return wanted;
  }
  if (wanted.kind === 'everyone') {
    return current;
  }
  if (current.kind === 'owner' || wanted.kind === 'owner') {
    return { kind: 'owner' };
  }
  const users = current.users.filter(name => wanted.users.includes(name));
  const groups = current.groups.filter(name => wanted.groups.includes(name));
  return users.length + groups.length === 0 ? { kind: 'owner' } : { kind: 'people', users, groups };
}

/** Audiences that can be chosen on this hub now. */
export function offeredAudiences(config: Config): AudienceKind[] {
  return sharingOff(config) ? ['owner'] : [...new Set<AudienceKind>(['owner', ...config.audiences])];
}

/** Who may look at a new dashboard of which nobody has said who: never more than this hub offers now. */
export function defaultAudience(config: Config): DefaultAudience {
  return offeredAudiences(config).includes(config.defaultAudience) ? config.defaultAudience : 'owner';
}

/**
 * Checks an audience that somebody asks for, and returns it without repetitions.
 * @param refused who asks for it, of which dashboard: where it may not be, that goes into the audit records
 * @throws ServiceError `sharing_needs_isolation`, `audience_forbidden` or `audience_unknown`
 */
export async function checkAudience(
  audience: Audience,
  config: Config,
  hub: HubPeople,
  refused: Refused
): Promise<Audience> {
  if (audience.kind === 'owner') {
    return { kind: 'owner' };
  }
  const off = sharingOff(config);
  if (off) {
    throw new AccessRefused(errorOf(off, 403), refused);
  }
  if (!config.audiences.includes(audience.kind)) {
    throw new AccessRefused(
      new ServiceError(
        'audience_forbidden',
        403,
        `This hub does not allow the audience "${audience.kind}".`,
        `Choose one of: ${offeredAudiences(config).join(', ')}.`
      ),
      refused
    );
  }
  if (audience.kind === 'everyone') {
    return { kind: 'everyone' };
  }
  const users = [...new Set(audience.users)];
  const groups = [...new Set(audience.groups)];
  const unknown = [
    ...(await missing(users, name => hub.userExists(name))).map(name => `user ${name}`),
    ...(await missing(groups, name => hub.groupExists(name))).map(name => `group ${name}`)
  ];
  if (unknown.length > 0) {
    throw new ServiceError(
      'audience_unknown',
      400,
      `This hub does not know: ${unknown.join(', ')}.`,
      'Check the spelling. People are known to the Hub after their first sign-in.',
      unknown.join('\n')
    );
  }
  return { kind: 'people', users, groups };
}

const AT_ONCE = 8;

async function missing(names: readonly string[], exists: (name: string) => Promise<boolean>): Promise<string[]> {
  const found: string[] = [];
  for (let start = 0; start < names.length; start += AT_ONCE) {
    const some = names.slice(start, start + AT_ONCE);
    const known = await Promise.all(some.map(exists));
    found.push(...some.filter((_, index) => !known[index]));
  }
  return found;
}

import type { Problem } from '../../contract';
import type { Config } from '../config';
import { errorOf, problem } from '../errors';
import { AccessRefused, type Refused } from './access-refused';
import type { HubPeople, Identity } from './hub-people';

/** Who wants to publish. `groups` is empty as well where the caller's token does not say them. */
type Author = Pick<Identity, 'name' | 'admin' | 'groups'>;

/**
 * Why somebody may not publish on this hub, or null if they may. Administrators always may.
 * @throws ServiceError `hub_unavailable`
 */
export async function publishingOff(config: Config, hub: HubPeople, author: Author): Promise<Problem | null> {
  const { publishers } = config;
  if (publishers === null || author.admin || author.groups.some(group => publishers.includes(group))) {
    return null;
  }
  // A token without `read:users:groups` names no groups: the Hub is asked for their members instead.
  if (author.groups.length === 0) {
    for (const group of publishers) {
      if ((await hub.groupMembers(group)).includes(author.name)) {
        return null;
      }
    }
  }
  return problem(
    'publishing_forbidden',
    `On this hub, dashboards are published by members of ${listed(publishers)}.`,
    'Ask the administrator of this hub to add you. What you published before stays yours to stop, change and delete.'
  );
}

/**
 * @param dashboard of which there is to be a new version; null: of none yet
 * @throws ServiceError `publishing_forbidden` or `hub_unavailable`
 */
export async function checkPublisher(
  config: Config,
  hub: HubPeople,
  author: Author,
  dashboard: Refused['dashboard']
): Promise<void> {
  const off = await publishingOff(config, hub, author);
  if (off) {
    throw new AccessRefused(errorOf(off, 403), { actor: author.name, dashboard });
  }
}

function listed(groups: readonly string[]): string {
  const quoted = groups.map(group => `"${group}"`);
  return groups.length === 1 ? `the group ${quoted[0]}` : `the groups ${quoted.join(', ')}`;
}

import type { Audience, ListFilter } from '../../contract';
import type { Viewer } from '../access/audience';

/**
 * Subjects under which a dashboard is listed. Whoever may look at it (`mayView`) has one of them, and nobody else; `all`
 * is for administrators.
 */
export function listedUnder({ owner, audience }: { owner: string; audience: Audience }): string[] {
  return ['all', `owner:${owner}`, ...audienceSubjects(audience)];
}

function audienceSubjects(audience: Audience): string[] {
  switch (audience.kind) {
    case 'owner':
      return [];
    case 'people':
      return [...audience.users.map(name => `user:${name}`), ...audience.groups.map(name => `group:${name}`)];
    case 'everyone':
      return ['everyone'];
  }
}

/** Subjects whose dashboards a list shows. Without a filter: mine and shared. */
export function subjectsOf({ name, groups }: Viewer, filter: ListFilter | undefined): string[] {
  const shared = ['everyone', `user:${name}`, ...groups.map(group => `group:${group}`)];
  switch (filter) {
    case 'all':
      return ['all'];
    case 'mine':
      return [`owner:${name}`];
    case 'shared':
      return shared;
    case undefined:
      return [`owner:${name}`, ...shared];
  }
}

import { createHash } from 'node:crypto';

import type { Config } from '../config';
import type { DashboardAggregate } from './dashboard';

/** A user name in a path as the Hub writes it (Python's `quote(name, safe='@~')`). */
export function hubPathSegment(name: string): string {
  return encodeURIComponent(name)
    .replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%40', '@');
}

/** Path of a dashboard's server, with slashes at both ends. `baseUrl` is the Hub's. */
export function serverPath(baseUrl: string, owner: string, serverName: string): string {
  return `${baseUrl}user/${hubPathSegment(owner)}/${serverName}/`;
}

/** Where browsers find a dashboard's server: an absolute URL, or a path where it shares the Hub's host. Ends with a slash. */
export function serverAddress(aggregate: DashboardAggregate, config: Config, baseUrl: string): string {
  const { owner, serverName } = aggregate.dashboard;
  const path = serverPath(baseUrl, owner, serverName);
  const origin = dashboardsOrigin(config, owner);
  if (origin) {
    return origin + path;
  }
  const full = config.subdomainHost ? aggregate.runner?.serverUrl : null;
  if (full) {
    return full.endsWith('/') ? full : `${full}/`;
  }
  return config.hubUrl ? new URL(config.hubUrl).origin + path : path;
}

/** Origin that dashboards of this owner are served on, or null when it is the Hub's. */
export function dashboardsOrigin(config: Config, owner: string): string | null {
  return config.dashboardsOrigin?.replaceAll('{owner}', ownerLabel(owner)) ?? null;
}

/** A DNS label for a user name: distinct names have distinct labels. */
export function ownerLabel(owner: string): string {
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(owner) && !owner.includes('--')) {
    return owner;
  }
  const readable = owner
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  const hash = createHash('sha256').update(owner).digest('hex').slice(0, 12);
  // `--` is in no label that a plain name becomes. Not at the third place, which is reserved ("xn--").
  return `${readable ? `u-${readable}` : 'user'}--${hash}`;
}

import { isIP } from 'node:net';

import type { GitAddress } from './address';
import { BadAddress } from './bad-address';
import { isPublicAddress } from './ranges';

/**
 * What the administrator says of hosts, one by one: `git.example.org`, `git.example.org:8443`, `*.example.org` (whatever is
 * below), `http://git.example.org` (also unencrypted), `*` (all of the internet besides). Null: all of the internet.
 */
export type AllowedHosts = readonly string[] | null;

/**
 * Whether the administrator has named the host. Of one that is named, also private addresses are reached.
 *
 * @returns false: reached only at addresses of the internet
 * @throws BadAddress
 */
export function checkAllowed(address: GitAddress, allowed: AllowedHosts): boolean {
  const { protocol, host, port } = address;
  const named = (allowed ?? []).filter(entry => names(entry, host, port));
  if (protocol === 'http' && !named.some(entry => entry.startsWith('http://'))) {
    throw new BadAddress(
      'Repositories are fetched over https or ssh, not over http, where everybody on the way could change them.',
      'Write https:// in place of http://, or ask your administrator to allow http for this host (git_hosts).'
    );
  }
  if (named.length > 0) {
    return true;
  }
  if (allowed !== null && !allowed.includes('*')) {
    throw new BadAddress(
      `This hub fetches no repositories from ${host}.`,
      `Use one from ${listed(allowed)}, or ask your administrator to add the host (git_hosts).`
    );
  }
  if ((isIP(host) !== 0 && !isPublicAddress(host)) || host === 'localhost' || host.endsWith('.localhost')) {
    throw notPublic(host);
  }
  return false;
}

/** A host that is not on the internet, and that nobody has allowed. */
export function notPublic(host: string): BadAddress {
  return new BadAddress(
    `${host} is an address of a private network or of this machine.`,
    'Use a repository on the internet, or ask your administrator to allow the host (git_hosts).'
  );
}

function names(entry: string, host: string, port: number): boolean {
  const place = entry.replace(/^http:\/\//, '').toLowerCase();
  const [, name = '', only] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(place) ?? [];
  if (name === '' || name === '*' || (only !== undefined && Number(only) !== port)) {
    return false;
  }
  const shown = isIP(host) === 6 ? `[${host}]` : host;
  return name.startsWith('*.') ? isIP(host) === 0 && host.endsWith(name.slice(1)) : name === shown;
}

function listed(allowed: readonly string[]): string {
  const shown = allowed.slice(0, 5).map(entry => entry.replace(/^http:\/\//, ''));
  return allowed.length > shown.length ? `${shown.join(', ')} …` : shown.join(', ');
}

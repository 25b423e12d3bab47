import type { IncomingMessage } from 'node:http';

/** How the browser addresses this server. */
export interface PublicAddress {
  scheme: 'http' | 'https';
  /** Host and, unless it is the scheme's own, port. */
  host: string;
}

/** What the start specification says about addresses. */
export interface AddressRules {
  dashboardsOrigin: string | null;
  publicServiceUrl: string;
}

/** Nearly all requests come to the same address, and reading it takes as long as much else. */
let last: { given: string; scheme: string; host: string | null } | null = null;

/**
 * The address that `request` came to, or null when its Host is missing, doubled or no host at all. The scheme is what
 * the administrator configured; only when there is no absolute URL to read it from, the first hop's word is taken: a
 * client that lies there spoils its own cookie and nothing else.
 */
export function publicAddress(request: IncomingMessage, rules: AddressRules): PublicAddress | null {
  if (countOf(request, 'host') !== 1) {
    return null;
  }
  const scheme = configuredScheme(rules) ?? forwardedScheme(request);
  const given = request.headers.host ?? '';
  if (last === null || last.given !== given || last.scheme !== scheme) {
    last = { given, scheme, host: normalisedHost(given, scheme) };
  }
  return last.host === null ? null : { scheme, host: last.host };
}

/** `host` as browsers write it in an Origin, or null when it is no host. */
export function normalisedHost(host: string, scheme: string): string | null {
  if (!/^[A-Za-z0-9.\-_[\]:]+$/.test(host) || !URL.canParse(`${scheme}://${host}`)) {
    return null;
  }
  return new URL(`${scheme}://${host}`).host;
}

/** Whether browsers reach dashboards by https, or null when no absolute URL is configured. */
export function configuredScheme(rules: AddressRules): 'http' | 'https' | null {
  for (const url of [rules.dashboardsOrigin, rules.publicServiceUrl]) {
    const scheme = /^(https?):\/\//i.exec(url ?? '')?.[1]?.toLowerCase();
    if (scheme === 'http' || scheme === 'https') {
      return scheme;
    }
  }
  return null;
}

function forwardedScheme(request: IncomingMessage): 'http' | 'https' {
  const value = request.headers['x-forwarded-proto'];
  const first = (Array.isArray(value) ? value[0] : value)?.split(',')[0]?.trim().toLowerCase();
  return first === 'https' ? 'https' : 'http';
}

function countOf(request: IncomingMessage, name: string): number {
  let count = 0;
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const given = request.rawHeaders[at];
    if (given?.length === name.length && given.toLowerCase() === name) {
      count += 1;
    }
  }
  return count;
}

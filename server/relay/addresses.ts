import type { PushAddress } from '../contract/relay';

/** Where pushes go, below the prefix of a dashboard's server. */
export const PUSH = '_dashboards/push/';

export interface Ways {
  /** Base URL of the hub's proxy as users' servers reach it (`relay_url`); null: that is not said. */
  relayUrl: string | null;
  /** Whether the proxy tells the domains of users apart. */
  ownDomains: boolean;
}

/**
 * Addresses of the dashboard's server for who sends it files, in the order in which they are tried: the administrator's word
 * first, then what browsers are told.
 *
 * @param path - of the server, with slashes at both ends.
 * @param known - the server's address for browsers, if there is a whole one.
 */
export function pushAddresses({ relayUrl, ownDomains }: Ways, path: string, known: string | null): PushAddress[] {
  const found: PushAddress[] = [];
  if (relayUrl !== null) {
    // The proxy tells the domains of users apart by this alone.
    const host = ownDomains && known !== null ? { host: new URL(known).host } : {};
    found.push({ url: new URL(`${path}${PUSH}`, relayUrl).href, ...host });
  }
  if (known !== null) {
    found.push({ url: new URL(PUSH, known).href });
  }
  return found;
}

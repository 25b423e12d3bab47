import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

import type { GitAddress } from '../../../git/address';
import { notPublic } from '../../../git/hosts';
import { isPublicAddress } from '../../../git/ranges';
import { ProblemError, systemCode } from '../../../problem-error';

/** Looks a name up; the system's own way, as git would. */
export type Lookup = (host: string) => Promise<string[]>;

const systemLookup: Lookup = async host => (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * The IP addresses that a repository's host is reached at. Git is given these: what a name means may change between a look
 * and a connection.
 *
 * @param named - the administrator has named this host: it may be anywhere
 * @param throughProxy - names are looked up by the administrator's proxy, and perhaps not here
 * @returns none where the name stays the proxy's business
 * @throws BadAddress, ProblemError `git_unreachable`
 */
export async function addressesOf(
  { host }: GitAddress,
  named: boolean,
  throughProxy: boolean,
  find: Lookup = systemLookup
): Promise<string[]> {
  let addresses: string[];
  try {
    addresses = isIP(host) === 0 ? await find(host) : [host];
  } catch (error) {
    if (throughProxy) {
      return [];
    }
    throw new ProblemError('git_unreachable', `The host ${host} of the git repository was not found.`, {
      fix: 'Check the address for a typing mistake. If it is right, ask your administrator whether dashboards may reach it.',
      // What looks names up says which it is: that there is no such name, or that nobody could be asked.
      retryable: systemCode(error) === 'EAI_AGAIN',
      detail: error instanceof Error ? error.message : undefined,
      cause: error
    });
  }
  // One bad address among good ones is a trap, not a mistake.
  if (!named && !addresses.every(isPublicAddress)) {
    throw notPublic(host);
  }
  return addresses;
}

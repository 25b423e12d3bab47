import path from 'node:path';

import type { GitAddress } from '../../../git/address';
import type { AllowedHosts } from '../../../git/hosts';
import type { GitCredential } from './credential';
import { askOwnHelper } from './own-credential';
import { addressesOf, type Lookup } from './reach';
import { openSession, type GitSession } from './session';
import { checkVersion } from './version';

/** What every repository is reached with that one fetch needs. */
export interface Reach {
  dashboardId: string;
  /** Where all that git keeps for the dashboard is. */
  folder: string;
  home: string;
  hosts: AllowedHosts;
  /** Of the runner, already without secrets. */
  environment: Readonly<Record<string, string>>;
  signal: AbortSignal;
  /** Milliseconds that one transfer may take. */
  transferMs: number;
  lookup?: Lookup;
  /** Further settings of git, for tests. */
  settings?: readonly string[];
  /** Gets git's progress. */
  progress(line: string): void;
}

/**
 * Sets git up for one repository, whose host has been looked at.
 *
 * @param named - the administrator has named the host
 * @throws BadAddress, ProblemError
 */
export async function openRepository(
  address: GitAddress,
  named: boolean,
  credential: GitCredential | 'own' | null,
  reach: Reach
): Promise<GitSession> {
  const { environment, signal, home, folder } = reach;
  await checkVersion(environment, { pins: !named && address.protocol !== 'ssh', signal });
  const pinned = await addressesOf(address, named, usesProxy(environment), reach.lookup);
  return openSession({
    dashboardId: reach.dashboardId,
    address,
    pinned,
    credential:
      credential === 'own' && address.protocol !== 'ssh'
        ? await askOwnHelper(address, home, environment, signal)
        : credential,
    met: path.join(folder, 'known_hosts'),
    environment,
    signal,
    limitMs: reach.transferMs,
    settings: reach.settings,
    line: reach.progress
  });
}

/** Whether names are perhaps looked up by the administrator's proxy alone. */
export function usesProxy(environment: Readonly<Record<string, string>>): boolean {
  return Object.entries(environment).some(([name, value]) => /^(?:https?|all)_proxy$/i.test(name) && value !== '');
}

/** Whether two repositories are at the very same server: what one is read with may be shown to the other's. */
export function sameServer(one: GitAddress, other: GitAddress): boolean {
  return one.protocol === other.protocol && one.host === other.host && one.port === other.port;
}

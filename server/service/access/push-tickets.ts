import type { PushClaims, PushTicket } from '../../contract';
import { PUSH, pushAddresses } from '../../relay/addresses';
import type { BuildRecord } from '../builds/build';
import { isoTime, type Clock } from '../clock';
import type { Config } from '../config';
import { serverAddress, serverPath } from '../dashboards/addresses';
import type { DashboardAggregate } from '../dashboards/dashboard';
import { randomId } from '../dashboards/ids';
import { ServiceError } from '../errors';
import type { Keys } from './keys';

const LIFETIME_MS = 600_000;

/**
 * The right to send the files of a build to the server that waits for them. It is signed under another purpose than the
 * tickets of viewers, so that neither is worth anything in the place of the other.
 *
 * @throws ServiceError `state_conflict` where nobody waits
 */
export function pushTicket(
  { build, aggregate }: { build: BuildRecord; aggregate: DashboardAggregate },
  { config, baseUrl, keys, clock }: { config: Config; baseUrl: string; keys: Keys; clock: Clock }
): PushTicket {
  const { runner, newest, dashboard } = aggregate;
  if (!build.wantsFiles || !runner || newest.n !== build.version) {
    throw new ServiceError(
      'state_conflict',
      409,
      'This build does not wait for files.',
      'Look at its state: it may have them already, or has ended.'
    );
  }
  const path = serverPath(baseUrl, dashboard.owner, dashboard.serverName);
  const address = serverAddress(aggregate, config, baseUrl);
  const known = /^https?:/.test(address) ? address : null;
  return {
    ...signedPush({ dashboardId: dashboard.id, startId: runner.startId, buildId: build.id }, keys, clock()),
    source: newest.source,
    path: `${path}${PUSH}`,
    addresses: pushAddresses({ relayUrl: config.relayUrl, ownDomains: config.subdomainHost !== null }, path, known),
    ...(config.publishablePaths && { publishablePaths: config.publishablePaths })
  };
}

/** A ticket for pushes, and until when one may begin with it. `now`: in ms. */
export function signedPush(
  whose: Pick<PushClaims, 'dashboardId' | 'startId' | 'buildId'>,
  keys: Pick<Keys, 'sign'>,
  now: number
): Pick<PushTicket, 'ticket' | 'expiresAt'> {
  const expiresAt = now + LIFETIME_MS;
  const claims: PushClaims = { v: 1, purpose: 'push', id: randomId(26), ...whose, issuedAt: now, expiresAt };
  const content = `push.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return { ticket: `${content}.${keys.sign(content)}`, expiresAt: isoTime(expiresAt) };
}

import type { PushAddress, PushClaims, PushTicket } from '../../contract';
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
  const issuedAt = clock();
  const expiresAt = issuedAt + LIFETIME_MS;
  const claims: PushClaims = {
    v: 1,
    purpose: 'push',
    id: randomId(26),
    dashboardId: dashboard.id,
    startId: runner.startId,
    buildId: build.id,
    issuedAt,
    expiresAt
  };
  const content = `push.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  const path = `${serverPath(baseUrl, dashboard.owner, dashboard.serverName)}${PUSH}`;
  return {
    ticket: `${content}.${keys.sign(content)}`,
    expiresAt: isoTime(expiresAt),
    source: newest.source,
    path,
    addresses: addresses(aggregate, config, baseUrl, path),
    ...(config.publishablePaths && { publishablePaths: config.publishablePaths })
  };
}

const PUSH = '_dashboards/push/';

/** The administrator's word first, then what browsers are told. */
function addresses(aggregate: DashboardAggregate, config: Config, baseUrl: string, path: string): PushAddress[] {
  const address = serverAddress(aggregate, config, baseUrl);
  const known = /^https?:/.test(address) ? new URL(address) : null;
  const found: PushAddress[] = [];
  if (config.relayUrl !== null) {
    // The proxy tells the domains of users apart by this alone.
    const host = config.subdomainHost && known ? { host: known.host } : {};
    found.push({ url: new URL(path, config.relayUrl).href, ...host });
  }
  if (known) {
    found.push({ url: new URL(PUSH, known).href });
  }
  return found;
}

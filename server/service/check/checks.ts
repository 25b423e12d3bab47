import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import {
  CHECK_SERVER_PREFIX,
  type CheckRemoval,
  type CheckReply,
  type CheckRequest,
  type StartReply,
  type StartRequest
} from '../../contract';
import { freeBytes } from '../../free-bytes';
import type { HubPeople } from '../access/hub-people';
import type { Keys } from '../access/keys';
import { signedPush } from '../access/push-tickets';
import { isoTime, type Clock } from '../clock';
import type { Config } from '../config';
import { dashboardsOrigin } from '../dashboards/addresses';
import type { HubServers } from '../dashboards/hub-servers';
import { randomId } from '../dashboards/ids';
import { offeredStrategies } from '../dashboards/source';
import { run } from '../dashboards/start-reply';
import { notFound, problemOf } from '../errors';
import { missingRights } from '../hub/own-scopes';
import { VERSION } from '../version';

const VALID_MS = 15 * 60_000;

export interface ChecksOptions {
  config: Config;
  hub: Pick<HubPeople, 'identity'> & Pick<HubServers, 'stop'>;
  /** The service's own token at the Hub. */
  apiToken: string;
  publicServiceUrl: string;
  keys: Pick<Keys, 'sign' | 'publicKey'>;
  clock: Clock;
}

/** Servers that administrators start to see whether dashboards would start: no dashboard is behind them. */
export interface Checks {
  begin(owner: string, options?: CheckRequest['options']): Promise<CheckReply>;
  /** What starts under that name, or null when it is not the name of a check. */
  start(request: StartRequest): StartReply | null;
  /**
   * Removes the server, as the service removes those of dashboards.
   * @throws ServiceError `not_found` for what is no check of this owner's
   */
  remove(owner: string, serverName: string): Promise<CheckRemoval>;
}

export function createChecks(settings: ChecksOptions): Checks {
  const { config, hub, apiToken, keys, clock } = settings;
  const checks = new Map<string, { owner: string; key: string; until: number }>();

  function valid(owner: string, serverName: string): { key: string } | null {
    for (const [name, { until }] of checks) {
      if (until < clock()) {
        checks.delete(name);
      }
    }
    const found = checks.get(serverName);
    return found?.owner === owner ? found : null;
  }

  return {
    async begin(owner, options = {}) {
      const serverName = CHECK_SERVER_PREFIX + randomId(8);
      const key = randomBytes(24).toString('base64url');
      checks.set(serverName, { owner, key, until: clock() + VALID_MS });
      return {
        serverName,
        key,
        dashboardsOrigin: dashboardsOrigin(config, owner),
        otherOptions: otherOptions(config, options),
        rights: missingRights(await hub.identity(apiToken)),
        database: config.database,
        databaseFree: await freeBytes(dirname(config.database)),
        runnerServiceUrl: config.runnerServiceUrl,
        now: isoTime(clock()),
        version: VERSION
      };
    },

    start({ userName, serverName }) {
      const check = valid(userName, serverName);
      if (!check) {
        return null;
      }
      const whose = { dashboardId: 'check', startId: randomId(26), buildId: 'check' };
      return run({
        dashboard: { id: whose.dashboardId, slug: 'check', name: 'Check' },
        owner: userName,
        serverName,
        startId: whose.startId,
        serviceUrl: config.runnerServiceUrl,
        publicServiceUrl: settings.publicServiceUrl,
        dashboardsOrigin: dashboardsOrigin(config, userName),
        ticketKey: keys.publicKey,
        state: { revision: 0, live: null, job: null, kept: [] },
        ...(config.publishablePaths && { publishablePaths: config.publishablePaths }),
        strategies: offeredStrategies(config),
        check: {
          key: check.key,
          frameworks: config.frameworks,
          push: {
            buildId: whose.buildId,
            ticket: signedPush(whose, keys, clock()).ticket,
            relayUrl: config.relayUrl,
            ownDomains: config.subdomainHost !== null
          }
        }
      });
    },

    async remove(owner, serverName) {
      if (!valid(owner, serverName)) {
        throw notFound();
      }
      try {
        await hub.stop(owner, serverName, true);
        checks.delete(serverName);
        return { problem: null };
      } catch (error) {
        return { problem: problemOf(error) };
      }
    }
  };
}

/** Names alone: options may hold what only the Hub's administrator should read. */
function otherOptions(config: Config, given: CheckRequest['options']): string[] {
  const own: Record<string, unknown> = config;
  return Object.keys(given).filter(name => !isDeepStrictEqual(own[name], given[name]));
}

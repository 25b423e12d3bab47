import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import {
  CHECK_SERVER_PREFIX,
  cloneStrategies,
  SERVER_NAME_PREFIX,
  type CheckRemoval,
  type CheckReply,
  type CheckRequest,
  type CheckVolumes,
  type StartReply,
  type StartRequest,
  type StartSpecification
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
import type { Volumes } from '../volumes/volumes';
import { startVolumeProbe, type VolumeProbe } from './volume-probe';

/** After its begin, and after each question about its volumes, which may take long. */
const VALID_MS = 15 * 60_000;

export interface ChecksOptions {
  config: Config;
  /** Null where no volumes are cloned. */
  volumes: Volumes | null;
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
  /**
   * Begins to make volumes as versions have them, once, and tells what has come of that.
   *
   * @throws ServiceError `not_found` for what is no check of this owner's, or where no volumes are cloned
   */
  volumes(owner: string, serverName: string, folder: string): Promise<CheckVolumes>;
  /** Removes what has been made of them. @throws ServiceError `not_found` */
  removeVolumes(owner: string, serverName: string): Promise<CheckRemoval>;
  /** What has been made of them and is still needed, as versions of dashboards, for whoever removes what nobody needs. */
  kept(): Map<string, number[]>;
  /** The service stops. */
  stop(): void;
}

interface Check {
  owner: string;
  key: string;
  until: number;
  secondName: string;
  probe: VolumeProbe | null;
}

export function createChecks(settings: ChecksOptions): Checks {
  const { config, volumes, hub, apiToken, keys, clock } = settings;
  const cloned = volumes ? cloneStrategies(offeredStrategies(config)) : [];
  /** By the name of their first server. */
  const checks = new Map<string, Check>();

  function valid(owner: string, serverName: string): Check | null {
    for (const [name, { until, probe }] of checks) {
      if (until < clock()) {
        checks.delete(name);
        // Whoever asked has gone; what cannot be removed now is by the next sweep.
        probe?.remove().catch(() => undefined);
      }
    }
    const found = checks.get(serverName);
    return found?.owner === owner ? found : null;
  }

  /** Of the second server, which has volumes of the first one's mounted. */
  function validSecond(owner: string, serverName: string): Check | null {
    const [first = ''] = [...checks].find(([, { secondName }]) => secondName === serverName) ?? [];
    return valid(owner, first);
  }

  return {
    async begin(owner, options = {}) {
      const serverName = CHECK_SERVER_PREFIX + randomId(8);
      const secondName = `${serverName}-2`;
      const key = randomBytes(24).toString('base64url');
      checks.set(serverName, { owner, key, until: clock() + VALID_MS, secondName, probe: null });
      return {
        serverName,
        secondName,
        clones: cloned.length > 0,
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
      const second = validSecond(userName, serverName);
      const check = second ?? valid(userName, serverName);
      if (!check) {
        return null;
      }
      const mounts = second?.probe?.mounts() ?? [];
      const whose = { dashboardId: 'check', startId: randomId(26), buildId: 'check' };
      const specification: StartSpecification = {
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
      };
      return run(specification, mounts);
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
    },

    async volumes(owner, serverName, folder) {
      const check = valid(owner, serverName);
      if (!check || !volumes || cloned.length === 0) {
        throw notFound();
      }
      check.until = clock() + VALID_MS;
      const id = volumesId(serverName);
      check.probe ??= startVolumeProbe({ volumes, strategies: cloned, id, owner, serverName, folder });
      return check.probe.found();
    },

    async removeVolumes(owner, serverName) {
      const check = valid(owner, serverName);
      if (!check) {
        throw notFound();
      }
      try {
        await check.probe?.remove();
        check.probe = null;
        return { problem: null };
      } catch (error) {
        return { problem: problemOf(error) };
      }
    },

    kept() {
      const underWay = [...checks].filter(([, { until, probe }]) => probe && until >= clock());
      return new Map(underWay.map(([name]) => [volumesId(name), cloned.map((_, index) => index + 1)]));
    },

    stop() {
      for (const { probe } of checks.values()) {
        probe?.leave();
      }
    }
  };
}

/** In the place of a dashboard's id. */
function volumesId(serverName: string): string {
  return serverName.slice(SERVER_NAME_PREFIX.length);
}

/** Names alone: options may hold what only the Hub's administrator should read. */
function otherOptions(config: Config, given: CheckRequest['options']): string[] {
  const own: Record<string, unknown> = config;
  return Object.keys(given).filter(name => !isDeepStrictEqual(own[name], given[name]));
}

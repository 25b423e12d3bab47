import {
  mayBeCloned,
  sameAudience,
  sameEntry,
  type ActivateRequest,
  type Build,
  type Place,
  type PublishRequest,
  type Source,
  type UpdateRequest
} from '../../contract';
import { checkAudience, commonAudience, defaultAudience } from '../access/audience';
import type { HubPeople } from '../access/hub-people';
import type { Tickets } from '../access/tickets';
import type { BuildRecord } from '../builds/build';
import type { BuildQueue } from '../builds/queue';
import { isoTime, type Clock } from '../clock';
import type { Config } from '../config';
import { notFound, ServiceError } from '../errors';
import type { GitCredentials } from '../git/git-credentials';
import type { Changes } from './changes';
import type { Channels } from './channels';
import { activeBuild, lastGood, type DashboardAggregate, type VersionRecord } from './dashboard';
import { bodyHash, checkSameBody, KEY_MS, type KeyStore } from './idempotency';
import { randomId } from './ids';
import { cutOff } from './patch';
import { serverName } from './server-name';
import { nameKey, nameTaken, slugCandidates } from './slug';
import { checkSource, checkStrategy, checkWish, offeredStrategies, type Wish } from './source';
import type { Conflict, DashboardStore } from './store';
import { checkName, checkText } from './texts';

export interface PublisherOptions {
  store: DashboardStore;
  keys: KeyStore;
  queue: BuildQueue;
  gitCredentials: Pick<GitCredentials, 'check'>;
  tickets: Tickets;
  channels: Channels;
  changes: Changes;
  hub: HubPeople;
  config: Config;
  clock: Clock;
}

/**
 * What makes versions and builds. `server` is the one of the author's that asks for it, null where that is not known. Each
 * returns the build's id; the work itself goes on in the background.
 */
export interface Publisher {
  /** `key`: the `Idempotency-Key`. A request that comes again with it is answered with what the first one made. */
  publish(
    owner: string,
    request: PublishRequest,
    key?: string,
    server?: string | null
  ): Promise<{ id: string; buildId: string }>;
  update(
    aggregate: DashboardAggregate,
    author: string,
    request: UpdateRequest,
    server?: string | null
  ): Promise<string>;
  activate(aggregate: DashboardAggregate, actor: string, request: ActivateRequest): Promise<string>;
}

export function createPublisher(options: PublisherOptions): Publisher {
  const { store, keys, queue, gitCredentials, tickets, channels, changes, hub, config, clock } = options;
  const offered = offeredStrategies(config);
  const newBuild = (dashboardId: string, kind: Build['kind'], version: number, source?: Source): BuildRecord => ({
    id: randomId(),
    dashboardId,
    kind,
    version,
    state: 'queued',
    createdAt: isoTime(clock()),
    endedAt: null,
    problem: null,
    audience: null,
    leaseUntil: null,
    attempts: 0,
    wantsFiles: false,
    prepared: !source || !mayBeCloned(source, offered)
  });

  async function answeredBefore(owner: string, key: string, hash: string) {
    const known = await keys.find(owner, key, clock() - KEY_MS);
    if (!known) {
      return null;
    }
    const { dashboardId, buildId } = checkSameBody(known, hash);
    const made = await store.get(dashboardId);
    if (!made || made.dashboard.deleting) {
      throw new ServiceError(
        'state_conflict',
        409,
        'The dashboard that was published with this Idempotency-Key has been deleted since.',
        'Send a new key to publish it again.'
      );
    }
    return { id: dashboardId, buildId };
  }

  function begin(dashboardId: string): void {
    changes.report({ kind: 'dashboard', id: dashboardId });
    queue.wake();
  }

  function accept(added: BuildRecord | Conflict): string {
    if (typeof added === 'string') {
      throw added === 'deleted' ? notFound() : added === 'audience_changed' ? audienceChanged() : buildRunning();
    }
    begin(added.dashboardId);
    return added.id;
  }

  return {
    async publish(owner, request, key, server = null) {
      const hash = bodyHash(request);
      const answered = key === undefined ? null : await answeredBefore(owner, key, hash);
      if (answered) {
        return answered;
      }
      const name = checkName(request.name);
      const description = checkText('description', request.description ?? '');
      const message = checkText('message', request.message ?? '');
      const source = checkSource(request.source, config);
      await gitCredentials.check(owner, source);
      const wish = checkWish(request.framework ?? null, request.command, config.frameworks);
      const audience = await checkAudience(request.audience ?? { kind: defaultAudience(config) }, config, hub, {
        actor: owner,
        dashboard: null
      });
      const id = randomId();
      const createdAt = isoTime(clock());
      const from = { source, ...seen(request.place), origin: { server, folder: request.place?.folder ?? null } };
      const version = newVersion(id, 1, owner, createdAt, message, from, wish);
      const build = newBuild(id, 'publish', 1, source);
      for (const slug of slugCandidates(name, owner)) {
        if (await store.slugTaken(slug)) {
          continue;
        }
        const conflict = await store.create(
          {
            id,
            slug,
            serverName: serverName(slug, id),
            name,
            description,
            owner,
            ownerHubId: null,
            audience,
            desired: 'on',
            liveVersion: null,
            revision: 1,
            problem: null,
            problemAt: null,
            deleting: false,
            createdAt,
            updatedAt: createdAt
          },
          nameKey(name),
          version,
          build,
          key === undefined
            ? undefined
            : { owner, key, bodyHash: hash, dashboardId: id, buildId: build.id, at: Date.parse(createdAt) }
        );
        const meanwhile = conflict === 'key_taken' && key !== undefined && (await answeredBefore(owner, key, hash));
        if (meanwhile) {
          return meanwhile;
        }
        if (conflict === 'name_taken') {
          throw nameTaken(name);
        }
        // `slug_taken`: somebody was faster by a moment.
        if (conflict === null) {
          break;
        }
      }
      begin(id);
      return { id, buildId: build.id };
    },

    async update(aggregate, author, request, server = null) {
      const { dashboard } = aggregate;
      const last = lastGood(aggregate);
      refuseWhileBuilding(aggregate);
      const source = checkSource(request.source ?? last.source, config);
      await gitCredentials.check(dashboard.owner, source);
      // A new file is looked at anew; the same one keeps what was chosen for it.
      const same = sameEntry(source, last.source);
      const kept = request.command === undefined && same ? last.requestedFramework : null;
      const asked = request.framework === undefined ? kept : request.framework;
      const command = request.command ?? (asked === 'command' ? (last.command ?? undefined) : undefined);
      const wish = checkWish(asked, command, config.frameworks);
      const wanted =
        request.audience && (await checkAudience(request.audience, config, hub, { actor: author, dashboard }));
      const version = newVersion(
        dashboard.id,
        0,
        author,
        isoTime(clock()),
        checkText('message', request.message ?? ''),
        {
          source,
          ...seen(request.place),
          origin: {
            // Of a file's own server, the folder is known as well.
            server: request.place || !same ? server : (server ?? last.origin?.server ?? null),
            folder: request.place?.folder ?? (same ? (last.origin?.folder ?? null) : null)
          }
        },
        wish
      );
      const build = newBuild(dashboard.id, 'publish', 0, source);
      if (!wanted) {
        return accept(await store.addVersion(version, build));
      }
      // Who may no longer look is cut off now; who is added would see the old version until the new one is live.
      const was = dashboard.audience;
      const now = commonAudience(was, wanted);
      const later = sameAudience(now, wanted) ? null : wanted;
      const id = accept(await store.addVersion(version, { ...build, audience: later }, { was, now }));
      if (!sameAudience(now, was)) {
        await cutOff({ tickets, channels }, { ...dashboard, audience: now });
      }
      return id;
    },

    async activate(aggregate, actor, { version: n }) {
      const { dashboard } = aggregate;
      refuseWhileBuilding(aggregate);
      const version = (await store.versions(dashboard.id)).find(candidate => candidate.n === n);
      if (version?.state === 'lost') {
        throw new ServiceError(
          'version_not_ready',
          409,
          `The files of version ${n} are gone from the disk.`,
          'Publish the dashboard again, or choose another version. Where a volume was not there, start the dashboard once it is.'
        );
      }
      if (version?.state !== 'ready') {
        throw new ServiceError(
          'version_not_ready',
          409,
          version ? `Version ${n} is not kept any more, or was never ready.` : `There is no version ${n}.`,
          'Choose one of the versions that are listed as ready.'
        );
      }
      if (version.strategy === 'live') {
        // Not a copy: its files are read anew. The runner looks where they are by now.
        checkStrategy(version.source, config);
      }
      return accept(await store.addBuild(newBuild(dashboard.id, 'activate', n), actor));
    }
  };
}

function newVersion(
  dashboardId: string,
  n: number,
  author: string,
  createdAt: string,
  message: string,
  from: Pick<VersionRecord, 'source' | 'place' | 'origin'>,
  wish: Wish
): VersionRecord {
  return {
    dashboardId,
    n,
    author,
    createdAt,
    message,
    ...from,
    volume: null,
    requestedFramework: wish.framework,
    command: wish.command,
    framework: null,
    frameworkReason: '',
    strategy: null,
    commit: null,
    manifestHash: null,
    files: 0,
    bytes: 0,
    warnings: [],
    builtWith: null,
    state: 'building'
  };
}

/** What a runner looks for, to know whether it sees the same files. */
function seen(place: Place | undefined): Pick<VersionRecord, 'place'> {
  const { inode, born, newest } = place ?? { newest: null };
  return { place: inode === undefined ? null : { inode, ...(born !== undefined && { born }), newest } };
}

function refuseWhileBuilding(aggregate: DashboardAggregate): void {
  if (activeBuild(aggregate)) {
    throw buildRunning();
  }
}

function buildRunning(): ServiceError {
  return new ServiceError(
    'build_running',
    409,
    'This dashboard is being built already.',
    'Wait until that build has ended, or cancel it.'
  );
}

/** Whoever asks for the update does not know of it: what was left out meanwhile must not come back with it. */
function audienceChanged(): ServiceError {
  return new ServiceError(
    'state_conflict',
    409,
    'Who may look at this dashboard was changed at the same moment.',
    'Look at who may see it now, then update it again.'
  );
}

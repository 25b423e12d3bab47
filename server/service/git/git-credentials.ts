import { Value } from 'typebox/value';

import {
  GitCredentialSecret,
  type GitCredential,
  type GitCredentialRequest,
  type GitSource,
  type Source
} from '../../contract';
import { parseGitAddress } from '../../git/address';
import { BadAddress } from '../../git/bad-address';
import { checkHost } from '../../git/host';
import type { Keys } from '../access/keys';
import { isoTime, type Clock } from '../clock';
import type { DashboardRecord } from '../dashboards/dashboard';
import { randomId } from '../dashboards/ids';
import { ServiceError } from '../errors';
import { credentialRemoved, describeCredential } from './audited';
import { cleanPrivateKey, makeSshKey, needsPassphrase } from './ssh-key';
import type { GitCredentialRecord, GitCredentialStore } from './store';

/** Stored credentials of one owner at the most. */
const MOST = 50;
/** The author's own ways, of which nothing is stored here. */
const OWN = 'own';

/** What private repositories are read with. What is secret goes in, and comes out for the runner of a build alone. */
export interface GitCredentials {
  add(owner: string, request: GitCredentialRequest): Promise<GitCredential>;
  of(owner: string): Promise<GitCredential[]>;
  /** @throws ServiceError `not_found` */
  remove(owner: string, id: string): Promise<void>;
  /**
   * Whether `owner` may publish from this source with the credential that it names.
   * @throws ServiceError `invalid_request`
   */
  check(owner: string, source: Source): Promise<void>;
  /**
   * What a build of this dashboard reads its source with.
   * @throws ServiceError `not_found`
   */
  secretFor(dashboard: Pick<DashboardRecord, 'owner' | 'ownerHubId'>, source: Source): Promise<GitCredentialSecret>;
}

export function createGitCredentials(options: { store: GitCredentialStore; keys: Keys; clock: Clock }): GitCredentials {
  const { store, keys, clock } = options;
  return {
    async add(owner, request) {
      const host = hostOf(request.host);
      const { secret, publicKey } = made({ ...request, host });
      const record: GitCredentialRecord = {
        id: randomId(),
        owner,
        ownerHubId: null,
        kind: request.kind,
        host,
        username: secret.kind === 'token' ? secret.username : null,
        publicKey,
        sealed: keys.seal(JSON.stringify(secret)),
        createdAt: isoTime(clock())
      };
      const entry = {
        actor: owner,
        action: 'credential_stored',
        detail: describeCredential(record),
        at: clock()
      } as const;
      if (!(await store.add(record, MOST, entry))) {
        throw invalid(`There are ${MOST} git credentials of yours already.`, 'Delete those that are no longer needed.');
      }
      return shown(record);
    },

    of: async owner => (await store.of(owner)).map(shown),

    async remove(owner, id) {
      const entry = (record: GitCredentialRecord) => credentialRemoved(record, owner, clock());
      if (!(await store.remove(owner, id, entry))) {
        throw noSuchCredential();
      }
    },

    async check(owner, source) {
      if (source.kind === 'git' && source.credential !== undefined && source.credential !== OWN) {
        const record = await store.get(source.credential);
        if (record?.owner !== owner) {
          throw invalid(
            'There is no such git credential of yours.',
            'Choose one of those that are stored, or store one.'
          );
        }
        checkFits(record, source);
      }
    },

    async secretFor(dashboard, source) {
      const id = source.kind === 'git' ? source.credential : undefined;
      const record = id === undefined || id === OWN ? null : await store.get(id);
      // A user of the same name who came later gets nothing of the earlier one's.
      const theirs =
        record?.owner === dashboard.owner &&
        dashboard.ownerHubId !== null &&
        (await store.bindOwner(record.id, dashboard.ownerHubId));
      const opened = record && theirs ? keys.open(record.sealed) : null;
      if (!record || opened === null || source.kind !== 'git') {
        throw noSuchCredential();
      }
      checkFits(record, source);
      return Value.Parse(GitCredentialSecret, JSON.parse(opened));
    }
  };
}

function hostOf(text: string): string {
  try {
    return checkHost(text.trim());
  } catch (error) {
    throw error instanceof BadAddress ? invalid(error.message, 'Write the host alone: github.com') : error;
  }
}

function made(request: GitCredentialRequest): { secret: GitCredentialSecret; publicKey: string | null } {
  const { host } = request;
  if (request.kind === 'token') {
    return {
      secret: { kind: 'token', host, username: request.username ?? null, token: request.token },
      publicKey: null
    };
  }
  const knownHosts = request.knownHosts === undefined ? null : `${request.knownHosts.replace(/\r\n?/g, '\n').trim()}\n`;
  if (request.privateKey === undefined) {
    const { privateKey, publicKey } = makeSshKey(`dashboards for ${host}`);
    return { secret: { kind: 'ssh_key', host, privateKey, knownHosts }, publicKey };
  }
  const privateKey = cleanPrivateKey(request.privateKey);
  if (privateKey === null) {
    throw invalid('This is not the text of a private key.', 'Paste all of it, from -----BEGIN to -----END.');
  }
  if (needsPassphrase(privateKey)) {
    throw invalid(
      'This key needs a passphrase, and nobody is there to type it when a dashboard is published.',
      'Use a key without one, or leave it out: a new one is made.'
    );
  }
  return { secret: { kind: 'ssh_key', host, privateKey, knownHosts }, publicKey: null };
}

/** It must be for this host, and of the kind that goes with the address. */
function checkFits(record: GitCredentialRecord, source: GitSource): void {
  const { host, protocol } = parseGitAddress(source.url);
  if (record.host !== host) {
    throw invalid(`This git credential is for ${record.host}, not for ${host}.`, `Choose one for ${host}, or none.`);
  }
  if ((record.kind === 'ssh_key') !== (protocol === 'ssh')) {
    throw invalid(
      record.kind === 'ssh_key'
        ? 'A key for ssh does not go with an address that begins with https.'
        : 'A token goes with an address that begins with https.',
      `Write the address like ${record.kind === 'ssh_key' ? 'git@host:path' : 'https://host/path'}, or choose another credential.`
    );
  }
}

function shown({ id, kind, host, username, publicKey, createdAt }: GitCredentialRecord): GitCredential {
  return { id, kind, host, username, publicKey, createdAt };
}

function invalid(message: string, fix: string): ServiceError {
  return new ServiceError('invalid_request', 400, message, fix);
}

function noSuchCredential(): ServiceError {
  return new ServiceError(
    'not_found',
    404,
    'There is no such git credential of yours.',
    'Take the id from the list of them.'
  );
}

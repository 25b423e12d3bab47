import { posix } from 'node:path';

import { ServiceError } from '../errors';
import type { KubernetesClient } from './cluster/client';
import { PODS, POD_SUMMARIES, type Container, type Metadata, type Pod, type Volume } from './cluster/objects';
import type { VolumeFolder } from './volumes';

/** Every pod of KubeSpawner has it; its value is written otherwise than the user's name. */
const POD_OF_A_USER = 'hub.jupyter.org/username';
const USER = 'hub.jupyter.org/username';
const SERVER = 'hub.jupyter.org/servername';
const API_URL = 'JUPYTERHUB_API_URL';

export interface LocateOptions {
  client: KubernetesClient;
  /** The Hub's API as servers of users are told where it is: several hubs may have their servers in one namespace. */
  hubApiUrls: readonly string[];
}

/**
 * Finds the folder of a volume that an author's running server has at a path. What the author could have written is not
 * looked at: the Hub alone makes pods, with their annotations and variables.
 */
export async function locate(
  { client, hubApiUrls }: LocateOptions,
  owner: string,
  serverName: string,
  root: string
): Promise<VolumeFolder> {
  const path = posix.normalize(root);
  for (const { metadata } of await client.list(POD_SUMMARIES, { labels: POD_OF_A_USER })) {
    const pod = isServer(metadata, owner, serverName) ? await client.get(PODS, metadata.name) : null;
    // Another pod may have the name by now.
    if (pod && isServer(pod.metadata, owner, serverName) && pod.status?.phase === 'Running') {
      const container = pod.spec.containers.find(one => hubApiUrls.some(url => isOf(one, url)));
      if (container) {
        return { ...folderOf(pod, container, path), node: pod.spec.nodeName ?? null };
      }
    }
  }
  throw new ServiceError(
    'source_not_running',
    409,
    `${serverName === '' ? 'Your server' : `Your server ${serverName}`} does not run, so that it cannot be seen which volume the files are on.`,
    'Start it, then publish again.'
  );
}

function isServer({ annotations = {}, deletionTimestamp }: Metadata, owner: string, serverName: string): boolean {
  return annotations[USER] === owner && (annotations[SERVER] ?? '') === serverName && deletionTimestamp === undefined;
}

function isOf({ env = [] }: Container, hubApiUrl: string): boolean {
  return env.some(
    ({ name, value }) => name === API_URL && value?.replace(/\/+$/, '') === hubApiUrl.replace(/\/+$/, '')
  );
}

function folderOf({ spec }: Pod, container: Container, path: string): Pick<VolumeFolder, 'claim' | 'subPath'> {
  const mounts = (container.volumeMounts ?? []).map(mount => ({ mount, at: posix.resolve('/', mount.mountPath) }));
  const below = mounts.find(({ at }) => at !== path && isIn(path, at));
  if (below) {
    throw notOnClaim(
      `${path} is on several volumes: ${below.at} is another one.`,
      'Publish a folder that has no other volume in it.'
    );
  }
  const [found] = mounts.filter(({ at }) => isIn(at, path)).toSorted((one, other) => other.at.length - one.at.length);
  if (!found) {
    throw notOnClaim(`${path} is in the image that your server was started from, and on no volume.`);
  }
  const volume = spec.volumes?.find(({ name }) => name === found.mount.name);
  const claim = volume?.persistentVolumeClaim?.claimName;
  if (claim === undefined) {
    throw notOnClaim(`${path} is on a volume of the type ${typeOf(volume)}, of which no copies can be made.`);
  }
  if (found.mount.subPath || found.mount.subPathExpr) {
    // A link in a sub-path is followed through all of the volume when it is mounted, and the author can make one: it would
    // lead to what others have beside it. And the clone of a volume of many people is large.
    throw notOnClaim(
      `${path} is in a part of the volume ${claim}, of which others may have other parts: it is not cloned.`,
      'Publish from a volume of your own, or from a git repository. An administrator can allow that files are copied (`snapshot`) or sent (`relay`).'
    );
  }
  return { claim, subPath: posix.relative(found.at, path) };
}

/** Whether `path` is `folder` or below it. */
function isIn(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? folder : `${folder}/`);
}

function typeOf(volume: Volume | undefined): string {
  return Object.keys(volume ?? {}).find(key => key !== 'name') ?? 'unknown';
}

function notOnClaim(message: string, fix?: string): ServiceError {
  return new ServiceError(
    'source_not_on_claim',
    409,
    message,
    fix ?? 'Publish from your home, or from a git repository. An administrator can allow that files are sent (`relay`).'
  );
}

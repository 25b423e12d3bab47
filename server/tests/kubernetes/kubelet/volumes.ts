import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { KubernetesApi } from '../api';
import { command } from '../command';
import type {
  Claim,
  ConfigMap,
  Item,
  KubernetesObject,
  PersistentVolume,
  Pod,
  ProjectedSource,
  Secret,
  SecurityContext,
  Stored,
  Volume
} from '../objects';
import { field } from './field';

/** A volume of a pod where this machine has it. */
export interface MountedVolume {
  path: string;
  readOnly: boolean;
}

/** Where the kubelet finds the volumes of the cluster's storage. */
export interface VolumePlaces {
  /** The folder with a volume's content, by the handle that the CSI driver gave it. */
  ofHandle(handle: string): string;
  /** The folder of what exists only as long as the pod. */
  ofPod: string;
}

const SETGID = 0o2000;

/** Makes a volume of a pod ready, its files owned by the pod's group where Kubernetes sees to that. */
export async function mountVolume(
  api: KubernetesApi,
  pod: Stored<Pod>,
  volume: Volume,
  places: VolumePlaces
): Promise<MountedVolume> {
  if (volume.persistentVolumeClaim) {
    const { claimName, readOnly = false } = volume.persistentVolumeClaim;
    const path = places.ofHandle(await handleOf(api, pod, claimName));
    if (!readOnly) {
      await giveToGroup(path, pod.spec.securityContext);
    }
    return { path, readOnly };
  }
  if (volume.hostPath) {
    return { path: volume.hostPath.path, readOnly: false };
  }
  const path = join(places.ofPod, volume.name);
  mkdirSync(path, { recursive: true });
  if (volume.emptyDir) {
    chmodSync(path, 0o777);
    await giveToGroup(path, pod.spec.securityContext);
    return { path, readOnly: false };
  }
  for (const source of sources(volume)) {
    for (const [name, content] of await filesOf(api, pod, source)) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), content);
    }
  }
  return { path, readOnly: true };
}

async function handleOf(api: KubernetesApi, pod: Stored<Pod>, name: string): Promise<string> {
  const claim = await api.get<Claim>(`${namespaceOf(pod)}/persistentvolumeclaims/${name}`);
  if (claim.status?.phase !== 'Bound' || !claim.spec.volumeName) {
    throw new Error(`the claim ${name} is not bound`);
  }
  const volume = await api.get<PersistentVolume>(`/api/v1/persistentvolumes/${claim.spec.volumeName}`);
  if (!volume.spec.csi) {
    throw new Error(`the test kubelet mounts volumes of its CSI driver only, and ${volume.metadata.name} is none`);
  }
  return volume.spec.csi.volumeHandle;
}

/** As the real one does for drivers with `fsGroupPolicy: File`: the group may read and write all, and owns what is new. */
async function giveToGroup(path: string, context: SecurityContext = {}): Promise<void> {
  const { fsGroup, fsGroupChangePolicy = 'Always' } = context;
  if (fsGroup === undefined) {
    return;
  }
  const { gid, mode } = statSync(path);
  if (fsGroupChangePolicy === 'OnRootMismatch' && gid === fsGroup && (mode & SETGID) !== 0) {
    return;
  }
  await command('chgrp', '--recursive', '--no-dereference', String(fsGroup), path);
  await command('chmod', '--recursive', 'g+rwX', path);
  await command('find', path, '-type', 'd', '-exec', 'chmod', 'g+s', '{}', '+');
}

function sources({ name, configMap, secret, projected }: Volume): ProjectedSource[] {
  if (projected) {
    return projected.sources;
  }
  if (configMap) {
    return [{ configMap }];
  }
  if (secret) {
    return [{ secret: { name: secret.secretName, items: secret.items } }];
  }
  throw new Error(`the test kubelet does not know the type of the volume ${name}`);
}

/** Names and contents of the files that a source consists of. */
async function filesOf(
  api: KubernetesApi,
  pod: Stored<Pod>,
  { serviceAccountToken: token, configMap, secret, downwardAPI }: ProjectedSource
): Promise<[name: string, content: string | Buffer][]> {
  if (token) {
    return [[token.path, await accountToken(api, pod, token)]];
  }
  if (downwardAPI) {
    return downwardAPI.items.map(({ path, fieldRef }) => [path, field(pod, fieldRef)]);
  }
  if (configMap) {
    const { data = {} } = await api.get<ConfigMap>(`${namespaceOf(pod)}/configmaps/${configMap.name}`);
    return selected(data, configMap.items);
  }
  if (secret) {
    const { data = {} } = await api.get<Secret>(`${namespaceOf(pod)}/secrets/${secret.name}`);
    return selected(data, secret.items).map(([name, content]) => [name, Buffer.from(content, 'base64')]);
  }
  throw new Error('the test kubelet does not know a source of a projected volume');
}

function selected(data: Record<string, string>, items?: Item[]): [name: string, content: string][] {
  if (!items) {
    return Object.entries(data);
  }
  return items.map(({ key, path }) => {
    const content = data[key];
    if (content === undefined) {
      throw new Error(`references non-existent config key: ${key}`);
    }
    return [path, content];
  });
}

async function accountToken(
  api: KubernetesApi,
  pod: Stored<Pod>,
  { audience, expirationSeconds }: { audience?: string; expirationSeconds?: number }
): Promise<string> {
  const { name, uid } = pod.metadata;
  const account = pod.spec.serviceAccountName ?? 'default';
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: { name: account },
    spec: {
      audiences: audience === undefined ? undefined : [audience],
      expirationSeconds,
      boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid }
    }
  };
  const path = `${namespaceOf(pod)}/serviceaccounts/${account}/token`;
  const answer = await api.create<KubernetesObject & { status?: { token: string } }>(path, request);
  return answer.status?.token ?? '';
}

function namespaceOf(pod: Stored<Pod>): string {
  return `/api/v1/namespaces/${pod.metadata.namespace}`;
}

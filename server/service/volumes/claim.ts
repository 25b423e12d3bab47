import type { KubernetesClient, Patience } from './cluster/client';
import { CLAIMS, SNAPSHOT_GROUP, type Claim } from './cluster/objects';
import { sourceGone, unsupported } from './failures';
import type { Names } from './names';
import { largest } from './sizes';
import type { VersionVolume, VolumeFolder } from './volumes';

const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const PROVISIONERS = ['volume.kubernetes.io/storage-provisioner', 'volume.beta.kubernetes.io/storage-provisioner'];

/** What a claim gets its content from. */
export type Content = { claim: string } | { snapshot: string; size: string | undefined };

/** The claim that is to be cloned. @throws ServiceError where it cannot be */
export async function sourceOf(client: KubernetesClient, name: string, patience: Patience): Promise<Claim> {
  const source = await client.get(CLAIMS, name, patience);
  if (!source || isGoing(source)) {
    throw sourceGone(name);
  }
  if (!source.spec.storageClassName) {
    throw unsupported(`The volume ${name} has no storage class, so that nobody makes volumes of its kind.`);
  }
  return source;
}

/** The claim of a version: as its source in everything that decides where it can be used. */
export function claimFor(
  names: Names,
  version: VersionVolume,
  { metadata, spec, status }: Claim,
  { node }: VolumeFolder,
  content: Content
): object {
  const made = names.metadata(version, metadata.name);
  const storage = largest([
    // The driver may have made more than was asked for, or not yet as much.
    spec.resources?.requests?.storage,
    status?.capacity?.storage,
    'size' in content ? content.size : undefined
  ]);
  const dataSource =
    'claim' in content
      ? { kind: 'PersistentVolumeClaim', name: content.claim }
      : { apiGroup: SNAPSHOT_GROUP, kind: 'VolumeSnapshot', name: content.snapshot };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      ...made,
      // A class that waits for a pod takes this for the scheduler's word: the volume is made before there is a pod.
      annotations: { ...made.annotations, ...(node !== null && { [SELECTED_NODE]: node }) }
    },
    spec: {
      accessModes: spec.accessModes,
      storageClassName: spec.storageClassName,
      volumeMode: spec.volumeMode,
      resources: { requests: { storage } },
      dataSource
    }
  };
}

export function isGoing({ metadata }: { metadata: Claim['metadata'] }): boolean {
  return metadata.deletionTimestamp !== undefined;
}

export function isBound({ status }: Claim): boolean {
  return status?.phase === 'Bound';
}

/** Whether its volume was made for it. One that was there already may have been given to it, whatever is in that. */
export function wasProvisioned({ metadata }: Claim): boolean {
  return PROVISIONERS.some(name => metadata.annotations?.[name] !== undefined);
}

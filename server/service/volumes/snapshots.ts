import type { ServiceError } from '../errors';
import type { KubernetesClient } from './cluster/client';
import { SNAPSHOTS, type Snapshot } from './cluster/objects';
import { failed, notTaken, unsupported } from './failures';
import { isGoing, sourceOf } from './claim';
import type { Names } from './names';
import { reasonsOf } from './reasons';
import type { VersionVolume } from './volumes';
import type { Waiting } from './waiting';

export interface SnapshotOptions {
  client: KubernetesClient;
  names: Names;
  /** Of snapshots; null: the one that the cluster has for the driver. */
  snapshotClass: string | null;
}

/** Has a snapshot of a claim made for a version, or goes on with the one that is there, until it can be restored. */
export async function snapshotFor(
  { client, names, snapshotClass }: SnapshotOptions,
  version: VersionVolume,
  claim: string,
  waiting: Waiting
): Promise<Snapshot> {
  const metadata = names.metadata(version, claim);
  for (let reason: string | null = null; ;) {
    const snapshot = await client.get(SNAPSHOTS, metadata.name, waiting.patience);
    if (!snapshot) {
      await client
        .create(
          SNAPSHOTS,
          {
            apiVersion: 'snapshot.storage.k8s.io/v1',
            kind: 'VolumeSnapshot',
            metadata,
            spec: {
              ...(snapshotClass !== null && { volumeSnapshotClassName: snapshotClass }),
              source: { persistentVolumeClaimName: claim }
            }
          },
          waiting.patience
        )
        .catch((error: unknown) => {
          throw notTaken(error, 'snapshot');
        });
      continue;
    }
    if (!names.isOf(version, snapshot.metadata)) {
      throw notOurs(metadata.name);
    }
    if (!isGoing(snapshot)) {
      if (snapshot.status?.readyToUse) {
        return snapshot;
      }
      await sourceOf(client, claim, waiting.patience);
      const told = snapshot.status?.error?.message;
      reason = told ?? (await reasonsOf(client, snapshot.metadata.uid, waiting.patience)).last;
      throwIfFinal(claim, snapshotClass, reason);
    }
    await waiting.moment(reason);
  }
}

/** The class of snapshots is the administrator's to make, and nobody makes it while one waits. */
function throwIfFinal(claim: string, snapshotClass: string | null, reason: string | null): void {
  if (reason !== null && /snapshot ?class/i.test(reason) && /not found|no default|cannot find|default/i.test(reason)) {
    throw unsupported(
      snapshotClass === null
        ? `No class of snapshots is set for the storage that the volume ${claim} is on.`
        : `The class of snapshots ${snapshotClass} is not there.`,
      reason
    );
  }
}

function notOurs(name: string): ServiceError {
  return failed(`There is a snapshot ${name} that was not made for this version.`);
}

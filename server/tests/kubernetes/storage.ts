import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { eventually } from '../../service/testing/test-service';
import { ApiError, type KubernetesApi } from './api';
import { startDriver, type Driver } from './driver';
import type { KubernetesObject } from './objects';
import { startProgram } from './program';

/** The driver's name, and those of its storage classes: the second one waits for a pod. */
export const DRIVER = 'directories.csi.test';
export const STORAGE_CLASS = 'directories';
export const LATE_STORAGE_CLASS = 'directories-late';
/** Whose volumes are larger than was asked for. */
export const COARSE_STORAGE_CLASS = 'directories-coarse';
export const COARSE_SIZE = '4Gi';
export const SNAPSHOT_CLASS = 'directories';

/** Storage by real CSI sidecars, whose volumes are folders of this machine. */
export type Storage = Driver;

const START_MS = 30_000;
const SNAPSHOT_API = '/apis/snapshot.storage.k8s.io/v1';

/** Starts the driver and its sidecars, and makes its classes. */
export async function startStorage(
  folder: string,
  { binaries, api, kubeconfig }: { binaries: string; api: KubernetesApi; kubeconfig: string }
): Promise<Storage> {
  await createTypes(api, join(binaries, 'crds'));
  await createClasses(api);
  const driver = await startDriver(folder, { binaries, kubeconfig, name: DRIVER, clones: true });
  // Those of groups of snapshots are waited for as well, and there are none.
  const args = [`--kubeconfig=${kubeconfig}`, '--retry-crd-interval-max=1s'];
  const controller = startProgram(
    'snapshot-controller',
    [join(binaries, 'snapshot-controller'), ...args],
    join(folder, 'snapshot-controller.log')
  );
  return {
    ...driver,
    async stop() {
      await Promise.all([driver.stop(), controller.stop()]);
    }
  };
}

/** The types of snapshots are no part of Kubernetes itself. */
async function createTypes(api: KubernetesApi, folder: string): Promise<void> {
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'utf8');
    await api.createFromYaml('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', text);
  }
  await eventually(async () => {
    const asked = ['volumesnapshots', 'volumesnapshotclasses', 'volumesnapshotcontents'];
    const lists = await Promise.all(asked.map(type => api.list(`${SNAPSHOT_API}/${type}`).catch(notYet)));
    return lists.every(list => list !== null);
  }, START_MS);
}

async function createClasses(api: KubernetesApi): Promise<void> {
  const create = (path: string, object: KubernetesObject & Record<string, unknown>) => api.create(path, object);
  await create('/apis/storage.k8s.io/v1/csidrivers', {
    metadata: { name: DRIVER },
    spec: { attachRequired: false, podInfoOnMount: false, fsGroupPolicy: 'File' }
  });
  await create('/apis/storage.k8s.io/v1/storageclasses', {
    metadata: { name: STORAGE_CLASS, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: DRIVER
  });
  await create('/apis/storage.k8s.io/v1/storageclasses', {
    metadata: { name: LATE_STORAGE_CLASS },
    provisioner: DRIVER,
    volumeBindingMode: 'WaitForFirstConsumer'
  });
  await create('/apis/storage.k8s.io/v1/storageclasses', {
    metadata: { name: COARSE_STORAGE_CLASS },
    provisioner: DRIVER,
    allowVolumeExpansion: true,
    parameters: { least: String(4 * 1024 ** 3) }
  });
  await create(`${SNAPSHOT_API}/volumesnapshotclasses`, {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshotClass',
    metadata: {
      name: SNAPSHOT_CLASS,
      annotations: { 'snapshot.storage.kubernetes.io/is-default-class': 'true' }
    },
    driver: DRIVER,
    deletionPolicy: 'Delete'
  });
}

/** A type that was made a moment ago is not found, and then says for a while that it begins. */
function notYet(error: unknown): null {
  if (error instanceof ApiError && [404, 429].includes(error.status)) {
    return null;
  }
  throw error;
}

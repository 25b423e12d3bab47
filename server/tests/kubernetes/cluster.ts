import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eventually } from '../../service/testing/test-service';
import { variable } from '../installation';
import type { KubernetesApi } from './api';
import type { Account } from './certificates';
import { startControlPlane } from './control-plane';
import { Kubelet } from './kubelet/kubelet';
import type { Image } from './kubelet/image';
import { makePodNetwork, type PodAddress } from './network';
import type { KubernetesObject } from './objects';
import { startStorage, type Storage } from './storage';

/** A real Kubernetes on this machine, whose pods are processes of it. */
export interface Cluster {
  /** Asks as the administrator. */
  api: KubernetesApi;
  /** A client that asks as somebody else. */
  as(account: Account): KubernetesApi;
  /** Where everything of these tests is. */
  namespace: string;
  /** The path of that namespace in the API. */
  path: string;
  /** The address of this machine that pods reach. */
  gateway: string;
  /** Gives an address in the network of the pods to a program that is none. */
  attach(): Promise<PodAddress>;
  /** What the names of network devices and namespaces of this cluster begin with. */
  id: string;
  /** Everything that it writes is below. */
  folder: string;
  kubeconfig(account: Account): string;
  /** The folder of a volume, by the handle that the driver gave it. */
  volume(handle: string): string;
  storage: Storage;
  /** What a container has printed. */
  output(pod: string, container: string): string;
  /** Deletes all pods and claims of these tests, and waits until they are gone. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

const NAMESPACE = 'jhub';
const NODE = 'test-node';

/**
 * Starts a cluster with images by these names. It needs root and overlayfs.
 */
export async function startCluster(images: Record<string, Image>): Promise<Cluster> {
  const binaries = variable('DASHBOARDS_KUBERNETES', "the folder of the test cluster's programs");
  const folder = mkdtempSync(join(tmpdir(), 'dashboards-kubernetes-'));
  // Containers run as others, and what is mounted for them is below.
  chmodSync(folder, 0o755);
  const id = `jd${randomBytes(3).toString('hex')}`;
  const started: (() => Promise<void>)[] = [() => Promise.resolve(rmSync(folder, { recursive: true, force: true }))];
  const stop = async () => {
    const failures: unknown[] = [];
    while (started.length > 0) {
      await started.pop()!().catch(error => failures.push(error));
    }
    if (failures.length > 0) {
      throw new AggregateError(failures, 'the test cluster left something behind');
    }
  };
  try {
    const network = await makePodNetwork(id);
    started.push(() => network.remove());
    const { gateway } = network;
    const control = await startControlPlane(join(folder, 'control-plane'), {
      binary: join(binaries, 'kubelite'),
      address: gateway,
      namespace: NAMESPACE
    });
    started.push(() => control.stop());
    const api = control.api('admin');
    await api.create<KubernetesObject>('/api/v1/namespaces', { metadata: { name: NAMESPACE } });
    const storage = await startStorage(join(folder, 'storage'), {
      binaries,
      api,
      kubeconfig: control.kubeconfig('storage')
    });
    started.push(() => storage.stop());
    const logs = join(folder, 'logs');
    const pods = join(folder, 'pods');
    mkdirSync(logs);
    mkdirSync(pods);
    const around = {
      api: control.api('kubelet'),
      images: new Map(Object.entries(images)),
      network,
      apiPort: control.port,
      pods,
      logs,
      volumeOfHandle: storage.volume
    };
    const kubelet = new Kubelet(NODE, around, join(folder, 'kubelet.log'));
    started.push(() => kubelet.stop());
    await kubelet.start();
    // Pods are refused until it is there.
    const account = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/default`;
    await eventually(() => api.get(account).catch(() => null));
    return {
      api,
      as: control.api,
      namespace: NAMESPACE,
      path: `/api/v1/namespaces/${NAMESPACE}`,
      gateway,
      attach: () => network.attach(),
      id,
      folder,
      kubeconfig: control.kubeconfig,
      volume: storage.volume,
      storage,
      output: (pod, container) => readFileSync(join(logs, `${NAMESPACE}_${pod}_${container}.log`), 'utf8'),
      clear: () => clear(api, `/api/v1/namespaces/${NAMESPACE}`),
      stop
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function clear(api: KubernetesApi, path: string): Promise<void> {
  const lists = [`${path}/pods`, `${path}/persistentvolumeclaims`, '/api/v1/persistentvolumes'];
  for (const list of lists.slice(0, 2)) {
    await api.delete(list, { gracePeriodSeconds: 1 });
  }
  // Those of claims that are gone, their provisioner deletes.
  await eventually(async () => {
    const left = await Promise.all(lists.map(list => api.list(list)));
    return left.every(({ items }) => items.length === 0);
  });
}

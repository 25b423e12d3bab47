import { appendFileSync } from 'node:fs';

import { ApiError } from '../api';
import { now, type KubernetesObject, type Pod, type Stored } from '../objects';
import { LocalPod, type Surroundings } from './local-pod';

/** What the node says that it has: more than tests ask for. */
const CAPACITY = { cpu: '16', memory: '64Gi', 'ephemeral-storage': '64Gi', pods: '110' };
const DEFAULT_GRACE_SECONDS = 30;
const GONE = [404, 409];

/** The node of the test cluster: runs the pods that the scheduler gives to it on this machine. */
export class Kubelet {
  private readonly pods = new Map<string, LocalPod>();
  private readonly end = new AbortController();
  private watching: Promise<void> | null = null;

  constructor(
    private readonly node: string,
    private readonly around: Surroundings,
    /** The file that takes what goes wrong. */
    private readonly log: string
  ) {}

  async start(): Promise<void> {
    const { api, network } = this.around;
    await api.create<KubernetesObject>('/api/v1/nodes', {
      metadata: { name: this.node, labels: { 'kubernetes.io/hostname': this.node } }
    });
    // New nodes are tainted until controllers that are not in this cluster find them ready.
    await api.merge(`/api/v1/nodes/${this.node}`, { spec: { taints: null } });
    const ready = {
      type: 'Ready',
      status: 'True',
      reason: 'KubeletReady',
      lastHeartbeatTime: now(),
      lastTransitionTime: now()
    };
    await api.merge(`/api/v1/nodes/${this.node}/status`, {
      status: {
        capacity: CAPACITY,
        allocatable: CAPACITY,
        addresses: [{ type: 'InternalIP', address: network.gateway }],
        conditions: [ready]
      }
    });
    const mine = `/api/v1/pods?fieldSelector=spec.nodeName%3D${this.node}`;
    this.watching = api.watch<Pod>(mine, (event, pod) => this.take(pod, event === 'DELETED'), this.end.signal);
  }

  /** Ends all pods at once, and leaves nothing of them. The API is not told. */
  async stop(): Promise<void> {
    this.end.abort();
    await this.watching;
    await Promise.all([...this.pods.values()].map(pod => pod.stop(0)));
  }

  private take(pod: Stored<Pod>, isDeleted: boolean): void {
    const { uid, deletionTimestamp } = pod.metadata;
    const local = this.pods.get(uid);
    if (isDeleted || deletionTimestamp) {
      const work = this.remove(pod, local, isDeleted);
      work.catch(error => appendFileSync(this.log, `${now()} ${pod.metadata.name}: ${String(error)}\n`));
      return;
    }
    const isOver = ['Succeeded', 'Failed'].includes(pod.status?.phase ?? '');
    if (!local && !isOver) {
      const started = new LocalPod(this.around, pod);
      this.pods.set(uid, started);
      started.start();
    }
  }

  private async remove(pod: Stored<Pod>, local: LocalPod | undefined, isDeleted: boolean): Promise<void> {
    const { name, namespace, uid, deletionGracePeriodSeconds: grace = DEFAULT_GRACE_SECONDS } = pod.metadata;
    await local?.stop(isDeleted ? 0 : grace);
    this.pods.delete(uid);
    if (isDeleted) {
      return;
    }
    try {
      const options = { gracePeriodSeconds: 0, preconditions: { uid } };
      await this.around.api.delete(`/api/v1/namespaces/${namespace}/pods/${name}`, options);
    } catch (error) {
      if (!(error instanceof ApiError) || !GONE.includes(error.status)) {
        throw error;
      }
    }
  }
}

import { ApiError, type KubernetesApi } from '../api';
import { now, type Condition, type Container, type Pod, type Stored } from '../objects';
import { ContainerRecord } from './container-record';

type Status = NonNullable<Pod['status']>;

/** What the API is told about a pod. */
export class PodStatus {
  private readonly init: ContainerRecord[];
  private readonly main: ContainerRecord[];
  private readonly records = new Map<Container, ContainerRecord>();
  private readonly startTime = now();
  private reports: Promise<void> = Promise.resolve();
  private ip: string | null = null;
  private failure: { reason: string; message: string } | null = null;

  constructor(
    private readonly api: KubernetesApi,
    private readonly pod: Stored<Pod>,
    private readonly hostIP: string
  ) {
    const record = (container: Container) => {
      const made = new ContainerRecord(container);
      this.records.set(container, made);
      return made;
    };
    this.init = (pod.spec.initContainers ?? []).map(record);
    this.main = pod.spec.containers.map(record);
  }

  of(container: Container): ContainerRecord {
    return this.records.get(container)!;
  }

  runsAt(ip: string): void {
    this.ip = ip;
    this.report();
  }

  fail(reason: string, message: string): void {
    this.failure = { reason, message };
    this.report();
  }

  /** Tells the API how things are now, after all that it was told before. */
  report(): void {
    const status = this.current();
    const { namespace, name, uid } = this.pod.metadata;
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
    this.reports = this.reports.then(async () => {
      try {
        await this.api.merge(path, { metadata: { uid }, status });
      } catch (error) {
        // The pod is gone, or another one has its name.
        if (!(error instanceof ApiError) || ![404, 409].includes(error.status)) {
          throw error;
        }
      }
    });
    // Whoever waits for them sees the failure.
    this.reports.catch(() => {});
  }

  /** Waits until the API knows all that was reported. */
  async settled(): Promise<void> {
    await this.reports.catch(() => {});
  }

  private current(): Status {
    const isReady = this.main.every(one => one.isRunning);
    const isInitialized = this.init.every(one => one.exitCode === 0);
    const condition = (type: string, holds: boolean): Condition => ({
      type,
      status: holds ? 'True' : 'False',
      lastTransitionTime: now()
    });
    return {
      phase: this.phase(),
      ...(this.failure ?? {}),
      hostIP: this.hostIP,
      ...(this.ip ? { podIP: this.ip, podIPs: [{ ip: this.ip }] } : {}),
      startTime: this.startTime,
      conditions: [
        condition('PodScheduled', true),
        condition('Initialized', isInitialized),
        condition('ContainersReady', isReady),
        condition('Ready', isReady)
      ],
      initContainerStatuses: this.init.map(one => one.status('init')),
      containerStatuses: this.main.map(one => one.status('main'))
    };
  }

  private phase(): NonNullable<Status['phase']> {
    if (this.failure) {
      return 'Failed';
    }
    if (this.main.every(one => one.isOver)) {
      return this.main.every(one => one.exitCode === 0) ? 'Succeeded' : 'Failed';
    }
    return this.main.some(one => one.wasStarted) ? 'Running' : 'Pending';
  }
}

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { KubernetesApi } from '../api';
import type { PodAddress, PodNetwork } from '../network';
import type { Container, Pod, Stored } from '../objects';
import { type ContainerRecord } from './container-record';
import { startContainer, type RunningContainer } from './container';
import { environmentOf } from './environment';
import { recordEvent } from './events';
import type { Image } from './image';
import { PodStatus } from './pod-status';
import { mountVolume, type MountedVolume } from './volumes';

const AGAIN_MS = 1_000;
const LONGEST_BACK_OFF_MS = 30_000;

/** Where a kubelet runs its pods. */
export interface Surroundings {
  api: KubernetesApi;
  images: ReadonlyMap<string, Image>;
  network: PodNetwork;
  /** The port of the API server, which pods reach at the gateway. */
  apiPort: number;
  /** A folder for pods and another one for what they print. */
  pods: string;
  logs: string;
  volumeOfHandle(handle: string): string;
}

/** A pod that runs as processes of this machine. */
export class LocalPod {
  private readonly end = new AbortController();
  private readonly impatience = new AbortController();
  private readonly running = new Set<RunningContainer>();
  private readonly status: PodStatus;
  private readonly folder: string;
  private volumes = new Map<string, MountedVolume>();
  private address: PodAddress | null = null;
  private life: Promise<void> | null = null;
  private stopped: Promise<void> | null = null;

  constructor(
    private readonly around: Surroundings,
    private readonly pod: Stored<Pod>
  ) {
    this.folder = join(around.pods, pod.metadata.uid);
    this.status = new PodStatus(around.api, pod, around.network.gateway);
  }

  /** Begins to run it. What goes wrong with it is in its status and its events. */
  start(): void {
    this.life ??= this.live().catch(error => this.status.fail('Error', String(error)));
  }

  /**
   * Asks its containers to end, ends those that have not after the time of grace, and takes away what it consisted of. Who
   * asks again without grace does not wait any longer.
   */
  stop(graceSeconds: number): Promise<void> {
    if (graceSeconds === 0) {
      this.impatience.abort();
    }
    this.stopped ??= this.endWithin(graceSeconds);
    return this.stopped;
  }

  private async endWithin(graceSeconds: number): Promise<void> {
    this.end.abort();
    const containers = [...this.running];
    if (graceSeconds > 0) {
      containers.forEach(one => one.signal('SIGTERM'));
      const grace = delay(graceSeconds * 1_000, undefined, { signal: this.impatience.signal }).catch(() => {});
      await Promise.race([Promise.allSettled(containers.map(one => one.ended)), grace]);
      this.impatience.abort();
    }
    [...this.running].forEach(one => one.signal('SIGKILL'));
    await this.life;
    await this.status.settled();
    await this.address?.detach();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async live(): Promise<void> {
    const { initContainers = [], containers } = this.pod.spec;
    mkdirSync(this.folder, { recursive: true });
    await this.untilItWorks('FailedMount', () => this.mount());
    if (!(await this.pull([...initContainers, ...containers]))) {
      return;
    }
    await this.untilItWorks('FailedCreatePodSandBox', async () => {
      this.address ??= await this.around.network.attach();
    });
    for (const container of initContainers) {
      await this.untilOver(container, this.status.of(container), code => code !== 0 && !this.isNeverRestarted);
      if (this.end.signal.aborted) {
        return;
      }
      if (this.status.of(container).exitCode !== 0) {
        return this.status.fail('Error', `init container ${container.name} failed`);
      }
    }
    await Promise.all(
      containers.map(container => this.untilOver(container, this.status.of(container), code => this.isRestarted(code)))
    );
  }

  private get isNeverRestarted(): boolean {
    return this.pod.spec.restartPolicy === 'Never';
  }

  private isRestarted(code: number): boolean {
    const policy = this.pod.spec.restartPolicy ?? 'Always';
    return policy === 'Always' || (policy === 'OnFailure' && code !== 0);
  }

  private async mount(): Promise<void> {
    const places = { ofHandle: this.around.volumeOfHandle, ofPod: join(this.folder, 'volumes') };
    const mounted = new Map<string, MountedVolume>();
    for (const volume of this.pod.spec.volumes ?? []) {
      mounted.set(volume.name, await mountVolume(this.around.api, this.pod, volume, places));
    }
    this.volumes = mounted;
  }

  /** Whether there is an image for every container: nothing is downloaded, so what is missing stays missing. */
  private async pull(containers: Container[]): Promise<boolean> {
    const missing = containers.filter(({ image }) => !this.around.images.has(image));
    for (const container of missing) {
      const { image } = container;
      const message = `Failed to pull image "${image}": ${image}: not found`;
      this.status.of(container).waits('ErrImagePull', message);
      await this.event('Normal', 'Pulling', `Pulling image "${image}"`);
      await this.event('Warning', 'Failed', message);
      await this.event('Warning', 'Failed', 'Error: ErrImagePull');
    }
    if (missing.length > 0) {
      this.status.report();
    }
    return missing.length === 0;
  }

  /** Runs a container, and again while `again` says so, until it is over or the pod is to end. */
  private async untilOver(
    container: Container,
    record: ContainerRecord,
    again: (code: number) => boolean
  ): Promise<void> {
    for (let restarts = 0; !this.end.signal.aborted; restarts++) {
      const code = await this.runOnce(container, record, restarts);
      record.isOver = !again(code);
      if (this.end.signal.aborted) {
        return;
      }
      this.status.report();
      if (record.isOver) {
        return;
      }
      record.waits('CrashLoopBackOff', `back-off restarting failed container ${container.name}`);
      this.status.report();
      await this.event('Warning', 'BackOff', `Back-off restarting failed container ${container.name}`);
      await this.pause(Math.min(AGAIN_MS * 2 ** restarts, LONGEST_BACK_OFF_MS));
    }
  }

  /** Runs a container to its end, and answers with its exit code. */
  private async runOnce(container: Container, record: ContainerRecord, restarts: number): Promise<number> {
    const { image: name } = container;
    const { pods: _, logs, images } = this.around;
    const image = images.get(name)!;
    const { namespace, name: podName } = this.pod.metadata;
    const env = await this.environment(container, image);
    if (this.end.signal.aborted) {
      return 0;
    }
    const run = startContainer({
      pod: this.pod,
      container,
      image,
      env,
      volumes: this.volumes,
      network: this.address!.inside,
      folder: join(this.folder, 'containers', `${container.name}-${restarts}`),
      log: join(logs, `${namespace}_${podName}_${container.name}.log`)
    });
    this.running.add(run);
    record.starts();
    this.status.runsAt(this.address!.ip);
    await this.event('Normal', 'Started', 'Container started');
    const code = await run.ended;
    this.running.delete(run);
    record.ends(code);
    return code;
  }

  private async environment(container: Container, image: Image): Promise<Record<string, string>> {
    const { network, apiPort, api } = this.around;
    const own = await environmentOf(api, this.pod, container, this.address!.ip);
    const cluster = { KUBERNETES_SERVICE_HOST: network.gateway, KUBERNETES_SERVICE_PORT: String(apiPort) };
    const ofImage = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: image.home, LANG: 'C.UTF-8', ...image.env };
    return { ...ofImage, HOSTNAME: this.pod.metadata.name, ...cluster, ...own };
  }

  /** Does what may fail for a while, as when a claim or a secret is not there yet; says so each time. */
  private async untilItWorks(reason: string, work: () => Promise<void>): Promise<void> {
    while (!this.end.signal.aborted) {
      try {
        return await work();
      } catch (error) {
        await this.event('Warning', reason, error instanceof Error ? error.message : String(error));
        await this.pause(AGAIN_MS);
      }
    }
  }

  private pause(ms: number): Promise<void> {
    return delay(ms, undefined, { signal: this.end.signal }).catch(() => {});
  }

  private event(type: 'Normal' | 'Warning', reason: string, message: string): Promise<void> {
    return recordEvent(this.around.api, 'Pod', this.pod, { type, reason, message });
  }
}

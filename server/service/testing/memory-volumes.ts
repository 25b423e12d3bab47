import { ServiceError } from '../errors';
import {
  LeftForLater,
  type MadeVolume,
  type Progress,
  type VersionVolume,
  type VolumeFolder,
  type Volumes
} from '../volumes/volumes';
import type { CloneStrategy, ClusterRight, ClusterRights } from '../../contract';

/** A volume that is being cloned, until the test lets go of it. */
export interface HeldClone {
  version: VersionVolume;
  from: VolumeFolder;
  how: CloneStrategy;
  progress: Progress;
  done(): void;
  fail(error: Error): void;
}

/**
 * Volumes of no cluster, for tests of what is around them: those of a cluster are tested on one. Authors' servers have
 * `/home/<owner>` on the claim `claim-<owner>`, while they run.
 */
export class MemoryVolumes implements Volumes {
  /** Names of claims, by dashboard and version. */
  readonly made = new Map<string, string>();
  readonly clones: HeldClone[] = [];
  /** Whether each clone waits for the test. */
  held = false;
  running = true;
  /** Those that the storage cannot do. */
  unsupported: readonly CloneStrategy[] = [];
  located: unknown[] = [];
  sweeps = 0;
  missing: ClusterRight[] = [];

  locate(owner: string, serverName: string, root: string): Promise<VolumeFolder> {
    this.located.push([owner, serverName, root]);
    const home = `/home/${owner}/`;
    if (!this.running) {
      return Promise.reject(new ServiceError('source_not_running', 409, 'Your server does not run.', 'Start it.'));
    }
    return root.startsWith(home)
      ? Promise.resolve({ claim: `claim-${owner}`, subPath: root.slice(home.length), node: 'node-1' })
      : Promise.reject(new ServiceError('source_not_on_claim', 409, 'It is on no volume.', 'Publish from home.'));
  }

  async make(version: VersionVolume, from: VolumeFolder, how: CloneStrategy, progress: Progress): Promise<MadeVolume> {
    if (this.unsupported.includes(how)) {
      throw new ServiceError('clone_unsupported', 409, `No ${how} here.`, 'Tell the administrator.');
    }
    progress.line(`Cloning the volume ${from.claim}`);
    const name = `dash-v${version.n}-${version.buildId}`;
    this.made.set(keyOf(version), name);
    try {
      await new Promise<void>((done, fail) => {
        progress.signal.addEventListener('abort', () =>
          fail(new ServiceError('cancelled', 409, 'Cancelled.', 'Publish again.'))
        );
        this.clones.push({ version, from, how, progress, done, fail });
        if (!this.held) {
          done();
        }
      });
    } catch (error) {
      if (!(progress.signal.reason instanceof LeftForLater)) {
        this.made.delete(keyOf(version));
      }
      throw error;
    }
    return { claim: name, size: '10Gi' };
  }

  rights(): Promise<ClusterRights> {
    return Promise.resolve({
      account: 'system:serviceaccount:jhub:dashboards',
      namespace: 'jhub',
      missing: this.missing
    });
  }

  claims(dashboardId: string): Promise<Map<number, string>> {
    const own = [...this.made].filter(([key]) => key.startsWith(`${dashboardId}/`));
    return Promise.resolve(new Map(own.map(([key, name]) => [Number(key.split('/')[1]), name])));
  }

  async remove(dashboardId: string, keep: readonly number[], last = Infinity): Promise<void> {
    for (const n of (await this.claims(dashboardId)).keys()) {
      if (!keep.includes(n) && n <= last) {
        this.made.delete(keyOf({ dashboardId, n }));
      }
    }
  }

  async sweep(kept: ReadonlyMap<string, readonly number[]>): Promise<void> {
    for (const key of this.made.keys()) {
      const [dashboardId = '', n] = key.split('/');
      if (!kept.get(dashboardId)?.includes(Number(n))) {
        this.made.delete(key);
      }
    }
    this.sweeps += 1;
  }
}

function keyOf({ dashboardId, n }: Pick<VersionVolume, 'dashboardId' | 'n'>): string {
  return `${dashboardId}/${n}`;
}

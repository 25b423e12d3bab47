import {
  mountPath,
  type CheckVolumes,
  type CloneStrategy,
  type VersionMount,
  type VolumeAttempt
} from '../../contract';
import { problemOf } from '../errors';
import { LeftForLater, type VolumeFolder, type Volumes } from '../volumes/volumes';

export interface VolumeProbeOptions {
  volumes: Volumes;
  /** Those that are tried, one after the other. */
  strategies: readonly CloneStrategy[];
  /** What is made is labelled as a dashboard's of this id: what is left of it, a sweep finds. */
  id: string;
  owner: string;
  /** It runs, and has the folder. */
  serverName: string;
  folder: string;
}

/** An attempt to make volumes as versions have them, out of one that is in use. */
export interface VolumeProbe {
  /** By now. */
  found(): CheckVolumes;
  /** What has been made, for a server to have a look at. */
  mounts(): VersionMount[];
  /** Ends it, and removes what it has made. @throws ServiceError */
  remove(): Promise<void>;
  /** The service stops: what is there is left to the sweep of the next one. */
  leave(): void;
}

export function startVolumeProbe(options: VolumeProbeOptions): VolumeProbe {
  const { volumes, strategies, id, owner, serverName, folder } = options;
  const stop = new AbortController();
  const mounts: VersionMount[] = [];
  const found: CheckVolumes = { done: false, doing: null, rights: null, claim: null, problem: null, attempts: [] };
  const progress = { signal: stop.signal, line: (text: string) => void (found.doing = text) };

  async function attempt(strategy: CloneStrategy, n: number, from: VolumeFolder): Promise<VolumeAttempt> {
    const begun = performance.now();
    const path = mountPath(n);
    const ended = (rest: Pick<VolumeAttempt, 'problem' | 'size'>) => {
      const seconds = Math.round((performance.now() - begun) / 10) / 100;
      return { strategy, folder: path, seconds, ...rest };
    };
    try {
      const version = { dashboardId: id, n, buildId: serverName, owner };
      const { claim, size } = await volumes.make(version, from, strategy, progress);
      mounts.push({ version: n, claim, subPath: from.subPath, path });
      return ended({ problem: null, size });
    } catch (error) {
      return ended({ problem: problemOf(error), size: null });
    }
  }

  async function run(): Promise<void> {
    try {
      found.rights = await volumes.rights(strategies);
      const from = await volumes.locate(owner, serverName, folder);
      found.claim = from.claim;
      for (const [index, strategy] of strategies.entries()) {
        if (!stop.signal.aborted) {
          found.attempts.push(await attempt(strategy, index + 1, from));
        }
      }
    } catch (error) {
      found.problem = problemOf(error);
    }
    found.done = true;
  }

  const running = run();
  return {
    found: () => found,
    mounts: () => mounts,
    async remove() {
      stop.abort();
      await running;
      await volumes.remove(id, []);
    },
    leave: () => stop.abort(new LeftForLater())
  };
}

import type { ClusterRights } from '../../contract';
import type { CloneStrategy } from './clone-strategy';

/** A folder of an author's on a volume. */
export interface VolumeFolder {
  claim: string;
  /** Below the root of the volume, without slashes at its ends; '': the root itself. */
  subPath: string;
  /** Node of the pod that it was found in; null: unknown. */
  node: string | null;
}

/** The version that a volume is made for, and the build that makes it. */
export interface VersionVolume {
  dashboardId: string;
  n: number;
  buildId: string;
  owner: string;
}

/** What whoever waits for a volume hears, and how they call it off. */
export interface Progress {
  /** Aborted with `LeftForLater` as its reason, what there is stays for the next call; else nothing does. */
  signal: AbortSignal;
  line(text: string): void;
}

/** A volume that was made for a version. */
export interface MadeVolume {
  claim: string;
  /** As Kubernetes writes it; null: the claim does not say. */
  size: string | null;
}

/** The service stops, and the next one goes on. */
export class LeftForLater extends Error {
  override readonly name = 'LeftForLater';
}

/** The volumes that versions are served from: each is a clone of the volume that its author's files are on. */
export interface Volumes {
  /**
   * Where the author's running server has `root`, an absolute path in it.
   *
   * @throws ServiceError `source_not_running`, `source_not_on_claim`, `kubernetes_forbidden`, `kubernetes_unavailable`
   */
  locate(owner: string, serverName: string, root: string): Promise<VolumeFolder>;
  /**
   * Makes the claim of a version, or goes on with one that an interrupted call has left. Nothing of it is left where it fails
   * or is called off.
   *
   * @throws ServiceError `clone_unsupported`, `clone_failed`, `clone_timeout`, `disk_full`, `kubernetes_forbidden`,
   * `kubernetes_unavailable`, `cancelled`
   */
  make(version: VersionVolume, from: VolumeFolder, how: CloneStrategy, progress: Progress): Promise<MadeVolume>;
  /** Names of the claims that are there, by version; of one that is being made, too. */
  claims(dashboardId: string): Promise<Map<number, string>>;
  /**
   * Removes claims and snapshots of a dashboard, all but those of the versions in `keep`, and of versions after `last`: one
   * that has come while this waited for an answer is none that the caller could have known.
   */
  remove(dashboardId: string, keep: readonly number[], last?: number): Promise<void>;
  /** Removes what belongs to none of these: versions to keep, by dashboard. Those that are being made now stay. */
  sweep(kept: ReadonlyMap<string, readonly number[]>): Promise<void>;
  /** As whom all of this is asked for, and what of it, with these strategies, is not allowed. @throws ServiceError */
  rights(strategies: readonly CloneStrategy[]): Promise<ClusterRights>;
}

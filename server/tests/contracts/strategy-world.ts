import type { BuildJob, BuildResult, ErrorCode, Strategy } from '../../contract';
import type { EngineOptions } from '../../runner/engine';
import type { PublishJob } from '../../runner/storage/strategy';
import type { EngineBench } from '../../runner/testing/engine-bench';
import type { MakingOrder } from '../../runner/testing/making-process';
import type { Programs } from './programs';

export type Success = Extract<BuildResult['outcome'], { ok: true }>;

/** Starts the engine anew with other options; resolves when the live version answers, or is said not to be served. */
export type Renew = (options: Partial<EngineOptions>) => Promise<void>;

/** Where the files of a strategy come from, as the suite of all strategies needs it. */
export interface StrategyWorld {
  /** The author's own folder, absolute. */
  readonly folder: string;
  /** Changes the author's files, and makes that count: by path, the new text; null for a file that goes away. */
  write(files: Readonly<Record<string, string | null>>): Promise<void>;
  /** What a publish says of where the files are. */
  source(): Promise<Pick<PublishJob, 'source' | 'place' | 'cloned'>>;
  /** What planning a publish says of the version that it will make. */
  plan(programs: Programs): Promise<Partial<Success>>;
  /** What a process of its own needs to make versions of these files. */
  readonly process: MakingOrder['world'];
  /** Called when one waits at this address for the files of a job. Left out: none does. */
  send?(job: BuildJob, url: string, ended: AbortSignal): void;
  close(): Promise<void>;
}

/** Something that a publish fails with. */
export interface Fault<W extends StrategyWorld> {
  title: string;
  code: ErrorCode;
  retryable: boolean;
  /** That the live version is not served meanwhile either; left out: it is. */
  shuts?: boolean;
  /** @returns does what the `fix` says: the same publish works then. */
  happen(world: W, renew: Renew): Promise<() => unknown>;
}

/** A strategy, and a world for it. */
export interface StrategyKind<W extends StrategyWorld> {
  title: string;
  /** The one that a publish from its world has to take. */
  strategy: Strategy;
  /** Whether its versions have files of their own. */
  copies: boolean;
  /** That these are where they came to: nothing is written to the disk of the dashboard's server but what is said of them. */
  inPlace?: true;
  /** Whether folders that the administrator names have a say in it. */
  ruled: boolean;
  /**
   * Makes a world for the home of an engine. Its files are those of a web page: `index.html` and what it shows.
   *
   * @param paths - the folders that the administrator lets people publish from; undefined: all.
   */
  create(bench: EngineBench, paths?: string[]): Promise<W>;
  faults: readonly Fault<W>[];
}

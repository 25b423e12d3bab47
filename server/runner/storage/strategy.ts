import type { BuildJob, RunnableVersion, Selection, Strategy, Wants } from '../../contract';
import type { Limits } from '../../files/limits';
import type { ManifestSummary } from '../../files/manifest';
import type { Places } from '../../files/places';
import type { Allowed } from '../engine';
import type { AppSurroundings } from '../supervisor/app';
import type { GitAccess } from './git/git-access';
import type { FilesWatch } from './live/files-watch';
import type { Unpublished } from './live/unpublished';
import type { PushDesk } from './relay/push-desk';

export type PublishJob = Extract<BuildJob, { kind: 'publish' }>;

/** What a strategy needs of the build around it. */
export interface StorageContext {
  around: Pick<AppSurroundings, 'places' | 'dashboardId' | 'home' | 'environment'>;
  limits: Limits;
  git: GitAccess;
  /** Where files arrive that are sent. */
  pushes: PushDesk;
  /** The build was cancelled, or the runner ends. */
  signal: AbortSignal;
  /** Tells whoever follows the build. */
  line(line: string): void;
  /** Tells the author's side whether the build waits for its files to be sent. */
  wants(what: Wants): void;
}

/** Files that are where a version can be made of them. */
export interface Fetched {
  /** Their folder, absolute. */
  root: string;
  /** Where the author has it, if that is elsewhere and not where the source says. */
  from?: string;
  /** Nobody but the strategy replaces files there, and never writes into one: a version may share them. */
  own: boolean;
  /**
   * Where it is known what they should be: looks whether a version that was made of them is that.
   *
   * @param manifest - the version's, a file. @throws ProblemError
   */
  check?(made: ManifestSummary, manifest: string): Promise<void>;
  /** Of a Git repository. */
  commit?: string;
}

/** A version that has its name, and all its files on the disk. */
export interface Made {
  manifest: ManifestSummary;
  warnings: string[];
}

/**
 * How the files of an author become versions: the port of storage. Each adapter is a file, and a line in `strategies.ts`;
 * `server/tests/contracts/` holds all of them to what is said here. A version is a folder with a manifest, whoever has made
 * it, so that most of what happens to it is the same for all and no part of an adapter:
 *
 * - plan: `author/plan.ts`, of a repository `author/git/git-plan.ts`, where the files are and before anything is begun
 * - **materialise**: `fetch`, then `make`
 * - **activate**: `permit` before each start of its app, `watch` and `unpublished` while that runs; `builds/activate.ts` for one that was kept
 * - verify: `versions/verify.ts`, by the manifest; before that, `check` of what was fetched
 * - release: `supervisor/running-versions.ts` ends the app of a version that nobody needs, and its files stay
 * - remove: `versions/remove.ts`
 * - **garbage-collect**: `keeps`, which goes once another strategy is used; `versions/tidier.ts` for versions
 * - **reconcile** after a crash: `tidy`; `sweep` in `versions/remove.ts`, and `versions/stored.ts` says what is there
 * - cancel: the signal of the context; `builds/current-build.ts` removes what was made
 * - errors: a ProblemError with code, fix and whether it is `retryable`; `builds/current-build.ts` adds what is `left`
 */
export interface StorageStrategy {
  readonly id: Strategy;
  /** Names of what it keeps in the dashboard's folder for the next time; left out: nothing. */
  readonly keeps?: readonly string[];
  /**
   * Brings the files to where a version can be made of them. Can be called again after any end of an earlier call, the
   * runner's own included.
   *
   * @throws ProblemError
   */
  fetch(job: PublishJob, context: StorageContext): Promise<Fetched>;
  /**
   * Makes version `n` of them, whole or not at all.
   *
   * @param source - in the folder of the fetched ones, its entry found out. @throws ProblemError
   */
  make(n: number, source: Selection, fetched: Fetched, context: StorageContext): Promise<Made>;
  /**
   * Whether a version may be served still. Left out: each may, since it was allowed when it was made and stays what it is.
   *
   * @throws ProblemError
   */
  permit?(n: number, places: Places, home: string, allowed: Allowed): Promise<void>;
  /** Tells of changes of a version's files; null where its app needs no word of them. Left out: they never change. */
  watch?(version: RunnableVersion, places: Places, home: string): FilesWatch | null;
  /**
   * What viewers are not to have of a folder that a version's file server serves. Left out: there is nothing in it but what
   * was published.
   *
   * @param folder - absolute, without links in it.
   * @param manifest - the version's, a file.
   */
  unpublished?(folder: string, home: string, manifest: string): Unpublished;
  /** Removes what builds have left in the dashboard's folder that no next one will go on with. `now`: in ms. */
  tidy?(dashboard: string, now: number): Promise<void>;
}

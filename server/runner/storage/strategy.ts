import type { BuildJob, Strategy, Wants } from '../../contract';
import type { AppSurroundings } from '../supervisor/app';
import type { Limits } from '../../files/limits';
import type { ManifestSummary } from '../../files/manifest';
import type { GitAccess } from './git/git-access';
import type { PushDesk } from './relay/push-desk';

export type PublishJob = Extract<BuildJob, { kind: 'publish' }>;

/** What fetching needs of the build around it. */
export interface FetchContext {
  around: Pick<AppSurroundings, 'places' | 'dashboardId' | 'home' | 'environment'>;
  limits: Limits;
  git: GitAccess;
  /** Where files arrive that are sent. */
  pushes: PushDesk;
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

/** How files come to where versions are made of them: the first half of a publish. The second is the same for all. */
export interface FetchStrategy {
  readonly id: Strategy;
  /** Names of what it keeps in the dashboard's folder for the next time; left out: nothing. */
  readonly keeps?: readonly string[];
  /** Removes what builds have left in the dashboard's folder that no next one will go on with. `now`: in ms. */
  tidy?(dashboard: string, now: number): Promise<void>;
  /**
   * Can be called again after any end of an earlier call, the runner's own included.
   *
   * @throws ProblemError
   */
  fetch(job: PublishJob, context: FetchContext): Promise<Fetched>;
}

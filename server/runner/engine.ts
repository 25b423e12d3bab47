import type {
  Wants,
  AppStatus,
  BuildJob,
  BuildResult,
  BuildState,
  FrameworkAdditions,
  FrameworkId,
  RunnerState,
  StoredVersions,
  Strategy
} from '../contract';
import type { GitAccess } from './storage/git/git-access';
import type { PushDesk } from './storage/relay/push-desk';
import type { MemoryRoom } from './supervisor/memory';
import type { HeadStart } from './supervisor/head-start';
import type { EngineTiming } from './supervisor/timing';
import type { Limits } from '../files/limits';

/** Where one version's app listens. */
export interface Target {
  host: '127.0.0.1';
  port: number;
}

/** What the progress page shows: stage and newest log lines of the build or start that is under way. */
export interface Progress {
  version: number | null;
  stage: BuildState | null;
  /** Newest last, at most 500. For the owner's eyes only. */
  lines: string[];
}

export type EngineEvent =
  | { kind: 'status'; status: AppStatus }
  | { kind: 'progress'; progress: Progress }
  /** Something about a version that was opened by its own link. */
  | { kind: 'visited'; version: number };

/** A kept version that somebody has opened by its own link. */
export interface VisitedVersion {
  status: AppStatus;
  /** Newest lines of its log, for the owner's eyes only. */
  lines: readonly string[];
}

/** How the engine tells the service about a build. Implementations retry while the service is away. */
export interface BuildReports {
  progress(
    job: BuildJob,
    state: BuildState | undefined,
    lines: string[],
    wants?: Wants
  ): Promise<{ cancelled: boolean }>;
  result(job: BuildJob, outcome: BuildResult['outcome']): Promise<void>;
}

/**
 * The part of the runner that makes versions and keeps the live one running. The rest of the runner (listening, viewers,
 * proxying) knows it by this interface alone.
 */
export interface Engine {
  /** Takes the newest wish of the service: starts, stops and builds until it is met. Older revisions are ignored. */
  apply(state: RunnerState, remembered?: boolean): void;
  /** Where version `n` answers requests, or null while it does not. */
  target(n: number): Target | null;
  /** Number of the version that navigations to the server's root go to, once it answers. */
  live(): number | null;
  status(): AppStatus;
  progress(): Progress;
  /** Which kept versions were on the disk at the beginning; null as long as that is not known. */
  stored(): StoredVersions | null;
  /** What has become of version `n` since somebody opened it by its own link; null if nobody has lately. */
  visited(n: number): VisitedVersion | null;
  subscribe(listener: (event: EngineEvent) => void): () => void;
  /** Stops every process that the engine started, also those that moved to other process groups. Within 2 s. */
  stop(): Promise<void>;
}

/** What the administrator lets people publish; left out: everything. */
export interface Allowed {
  /** Folders that files may come from, relative to the home folder or absolute. */
  paths?: readonly string[] | undefined;
  strategies?: readonly Strategy[] | undefined;
  frameworks?: readonly FrameworkId[] | undefined;
}

export interface EngineOptions {
  /** Prefix of the dashboard's server, with slashes at both ends: `/user/alice/dash-sales/`. */
  prefix: string;
  dashboardId: string;
  /** Of the server. Left out: there is no other one. */
  startId?: string;
  /** Python of the single-user environment, absolute. */
  python: string;
  /** The author's home folder; versions live in `<home>/.dashboards/<dashboardId>/`. */
  home: string;
  /** Environment for apps, already without anything that is secret. */
  environment: Readonly<Record<string, string>>;
  /** What the administrator adds to command lines and environments. */
  additions?: FrameworkAdditions;
  allowed?: Allowed;
  /** Left out: public repositories of the internet. */
  git?: GitAccess;
  reports: BuildReports;
  /** Keeps a line that the app of version `n` has printed, or that is about it. Not those that a build reports. */
  keepLine(n: number, line: string): void;
  /** What must not stand in a log. */
  secrets: readonly string[];
  /** Open connections to version `n`: an old version is stopped when it has none, or after the drain time. */
  connections(n: number): number;
  /** For how many ms nobody has used version `n`: 0 while there are connections, Infinity if nobody ever has. */
  idle(n: number): number;
  /** Resolves once the viewers who wait for version `n`, if there are any, have had its first page; or soon in any case. */
  firstPage(n: number, signal: AbortSignal): Promise<void>;
  /**
   * Called when the drain time of version `n` is over: end in order what would never end by itself. What has an end, such
   * as a download, may come to it.
   */
  sendAway(n: number): void;
  /** Called when that has taken too long as well: close what is still open. */
  cutOff(n: number): void;
  /**
   * Resolves once the app at `target`, which another one of the same version has taken the place of, has answered what it was
   * asked; what would never end by itself is ended in order. After a minute, or when `signal` is aborted, it is not waited for.
   */
  appLeft(target: Target, signal: AbortSignal): Promise<void>;
  /** A process for the first app, which has begun already. */
  headStart?: HeadStart | undefined;
  /** Other times than the usual ones. */
  timing?: Partial<EngineTiming>;
  /** What memory limits leave; usually those of this process's control groups. Null: there is no limit. */
  memoryRoom?: () => MemoryRoom | null;
  /** The most that one version may hold. */
  limits?: Limits;
  /** Where files arrive that the author's side sends. */
  pushes?: PushDesk;
}

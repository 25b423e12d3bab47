import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

import type {
  Build,
  Dashboard,
  GitCredential,
  ListFilter,
  LogEvent,
  LogDownloadQuery,
  LogPage,
  LogQuery,
  PatchRequest,
  Problem,
  PublishRequest,
  UpdateRequest,
  Version,
  Whoami
} from '../server/contract';
import type { Access } from './dashboards/access';
import type { BuildFollower } from './dashboards/build-follower';
import type { StreamOptions } from './dashboards/events';
import type { LiveStatus } from './dashboards/feed';
import type { DashboardList } from './dashboards/list';

/** The dashboards that the user may see, and everything that can be done with them. Methods throw `DashboardsError`. */
export interface IDashboards {
  readonly status: LiveStatus;
  /** Why `status` is `lost` or `failed`. */
  readonly problem: Problem | null;
  /** Who the user is to the service; null until it has been asked for. */
  readonly me: Whoami | null;
  /** A dashboard, the status, or `me` changed. */
  readonly changed: ISignal<IDashboards, void>;
  /** A build that was started or followed here, or before the page was loaded anew, reached its final state. */
  readonly buildEnded: ISignal<unknown, Build>;

  /** Whether and how the service can be reached. */
  access(): Promise<Access>;
  /** Ask who the user is and what they may do. */
  whoami(): Promise<Whoami>;
  /** A dashboard as it was last seen. Current only while {@link watch} is held. */
  get(id: string): Dashboard | undefined;
  /** The same; asks for those that have not been seen. */
  find(id: string): Promise<Dashboard>;
  /** Keep everything current until the result is disposed. */
  watch(): IDisposable;
  /** Connect anew, after `failed`. */
  retry(): void;
  /**
   * A list to be read with `refresh`, and disposed by the caller. It is read again whenever changes may have been missed.
   * `atLeast`: so many dashboards at once, where there are so many; left out: a page.
   */
  createList(filter: ListFilter, options?: { search?: string; atLeast?: number }): DashboardList;
  /** Ask once for all of the user's own dashboards. */
  refreshMine(): Promise<Dashboard[]>;

  /** @param key the same for every attempt to send the same request, so that a lost answer does not publish it twice */
  publish(request: PublishRequest, key: string): Promise<BuildFollower>;
  /** Publish again; what the request leaves out is as in the live version, or in the newest where none has worked. */
  update(id: string, request: UpdateRequest): Promise<BuildFollower>;
  /** Make a kept version live again. */
  activate(id: string, version: number): Promise<BuildFollower>;
  patch(id: string, request: PatchRequest): Promise<void>;
  start(id: string): Promise<void>;
  stop(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  versions(id: string): Promise<Version[]>;
  /** Take up a build that is under way. One follower per build. */
  follow(build: Build): Promise<BuildFollower>;
  /** Take up the builds that were under way when the page was loaded anew, and tell how they ended. */
  takeUpBuilds(): Promise<void>;
  cancel(buildId: string): Promise<void>;
  /** What private repositories can be read with, without what is secret. */
  gitCredentials(): Promise<GitCredential[]>;
  /** Store a token that reads repositories of `host`. */
  storeGitToken(host: string, token: string): Promise<GitCredential>;
  /** Forget a stored token or key: what still names it can no longer be read. */
  removeGitCredential(id: string): Promise<void>;

  /** A page of a dashboard's log: its newest lines, or those before `query.before`. */
  readLog(id: string, query: LogQuery): Promise<LogPage>;
  /** Lines of the log as they are written. */
  watchLog(id: string, query: LogQuery, options: StreamOptions): AsyncGenerator<LogEvent>;
  /** The whole log as a text file. */
  downloadLog(id: string, query: LogDownloadQuery): Promise<Blob>;
}

/** Token of {@link IDashboards}, for other extensions. */
export const IDashboards = new Token<IDashboards>(
  'jupyterhub-dashboards:IDashboards',
  'The dashboards of the signed-in user: publish, follow, list.'
);

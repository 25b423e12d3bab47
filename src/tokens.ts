import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

import type {
  Build,
  Dashboard,
  PatchRequest,
  Problem,
  PublishRequest,
  UpdateRequest,
  Version
} from '../server/contract';
import type { Access } from './dashboards/access';
import type { BuildFollower } from './dashboards/build-follower';

/** How current the collection is: `lost` tries again by itself, `failed` does not. */
export type LiveStatus = 'connecting' | 'live' | 'lost' | 'failed';

/** The dashboards that the user may see, and everything that can be done with them. Methods throw `DashboardsError`. */
export interface IDashboards {
  /** Newest first. Current only while {@link watch} is held. */
  readonly all: readonly Dashboard[];
  readonly status: LiveStatus;
  /** Why `status` is `lost` or `failed`. */
  readonly problem: Problem | null;
  /** The collection, or its status, changed. */
  readonly changed: ISignal<IDashboards, void>;
  /** A build that was started or followed here reached its final state. */
  readonly buildEnded: ISignal<IDashboards, Build>;

  /** Whether and how the service can be reached. */
  access(): Promise<Access>;
  get(id: string): Dashboard | undefined;
  /** Keep the collection current until the result is disposed. */
  watch(): IDisposable;
  /** Connect anew, after `failed`. */
  retry(): Promise<void>;
  /** Ask once for the user's own dashboards. */
  refreshMine(): Promise<Dashboard[]>;

  publish(request: PublishRequest): Promise<BuildFollower>;
  /** Publish again; what the request leaves out is as in the newest version. */
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
  cancel(buildId: string): Promise<void>;
}

/** Token of {@link IDashboards}, for other extensions. */
export const IDashboards = new Token<IDashboards>(
  'jupyterhub-dashboards:IDashboards',
  'The dashboards of the signed-in user: publish, follow, list.'
);

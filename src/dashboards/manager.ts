import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import type {
  Build,
  BuildReply,
  Dashboard,
  PatchRequest,
  Problem,
  PublishRequest,
  UpdateRequest,
  Version
} from '../../server/contract';
import type { IDashboards, LiveStatus } from '../tokens';
import type { Access } from './access';
import { BuildFollower } from './build-follower';
import { DashboardCollection } from './collection';
import type { Connection } from './connection';
import { toProblem } from './errors';
import { watchDashboards } from './events';
import * as restapi from './restapi';

interface ManagerOptions {
  /** Finds out once how to reach the service; asked again until it has succeeded. */
  findAccess: () => Promise<Access>;
  /** The same as the connection's, for errors before there is one. */
  trans: Connection['trans'];
}

/** The user's dashboards: one collection for panel, dialog and commands, kept up to date while anybody watches. */
export class DashboardManager implements IDashboards, IDisposable {
  constructor(options: ManagerOptions) {
    this._options = options;
  }

  get all(): readonly Dashboard[] {
    return this._collection.all;
  }

  get status(): LiveStatus {
    return this._status;
  }

  get problem(): Problem | null {
    return this._problem;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get buildEnded(): ISignal<this, Build> {
    return this._buildEnded;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    if (this._disposed) {
      return;
    }
    this._disposed = true;
    this._watching?.abort();
    for (const follower of this._followers.values()) {
      follower.dispose();
    }
    this._followers.clear();
    Signal.clearData(this);
  }

  get(id: string): Dashboard | undefined {
    return this._collection.get(id);
  }

  access(): Promise<Access> {
    if (this._access === null) {
      const access = this._options.findAccess();
      this._access = access;
      // What failed is tried again the next time; an obstacle may be gone by then, too.
      access.then(
        found => found.kind === 'off' && this._forget(access),
        () => this._forget(access)
      );
    }
    return this._access;
  }

  watch(): IDisposable {
    this._watchers += 1;
    if (this._watching === null && !this._disposed) {
      this._watching = new AbortController();
      void this._keepWatching(this._watching.signal);
    }
    return new DisposableDelegate(() => {
      this._watchers -= 1;
      if (this._watchers === 0) {
        this._watching?.abort();
        this._watching = null;
      }
    });
  }

  async retry(): Promise<void> {
    if (this._watching !== null) {
      this._watching.abort();
      this._watching = new AbortController();
      void this._keepWatching(this._watching.signal);
    }
  }

  async refreshMine(): Promise<Dashboard[]> {
    const mine = await restapi.listMine(await this._connection());
    mine.forEach(dashboard => this._collection.set(dashboard));
    this._changed.emit();
    return mine;
  }

  async publish(request: PublishRequest): Promise<BuildFollower> {
    return this._started(await restapi.publish(await this._connection(), request));
  }

  async update(id: string, request: UpdateRequest): Promise<BuildFollower> {
    return this._started(await restapi.update(await this._connection(), id, request));
  }

  async activate(id: string, version: number): Promise<BuildFollower> {
    return this._started(await restapi.activate(await this._connection(), id, version));
  }

  async patch(id: string, request: PatchRequest): Promise<void> {
    this._put(await restapi.patch(await this._connection(), id, request));
  }

  async start(id: string): Promise<void> {
    this._put(await restapi.start(await this._connection(), id));
  }

  async stop(id: string): Promise<void> {
    this._put(await restapi.stop(await this._connection(), id));
  }

  async remove(id: string): Promise<void> {
    await restapi.remove(await this._connection(), id);
    this._collection.delete(id);
    this._changed.emit();
  }

  async versions(id: string): Promise<Version[]> {
    return restapi.listVersions(await this._connection(), id);
  }

  async cancel(buildId: string): Promise<void> {
    await restapi.cancelBuild(await this._connection(), buildId);
  }

  async follow(build: Build): Promise<BuildFollower> {
    const known = this._followers.get(build.id);
    if (known !== undefined) {
      return known;
    }
    const connection = await this._connection();
    const follower = this._followers.get(build.id) ?? new BuildFollower(build, connection);
    if (!this._followers.has(build.id)) {
      this._followers.set(build.id, follower);
      follower.changed.connect(this._onBuildChanged, this);
    }
    return follower;
  }

  private _onBuildChanged(follower: BuildFollower): void {
    if (follower.ended && this._followers.get(follower.build.id) === follower) {
      this._followers.delete(follower.build.id);
      follower.changed.disconnect(this._onBuildChanged, this);
      this._buildEnded.emit(follower.build);
    }
  }

  private async _started({ dashboard, build }: BuildReply): Promise<BuildFollower> {
    this._put(dashboard);
    return this.follow(build);
  }

  private _put(dashboard: Dashboard): void {
    this._collection.set(dashboard);
    this._changed.emit();
  }

  private async _connection(): Promise<Connection> {
    const access = await this.access();
    if (access.kind === 'off') {
      throw new Error(`Publishing is off: ${access.obstacle}`);
    }
    return access.connection;
  }

  private _forget(access: Promise<Access>): void {
    if (this._access === access) {
      this._access = null;
    }
  }

  private _setStatus(status: LiveStatus, problem: Problem | null = null): void {
    this._status = status;
    this._problem = problem;
    this._changed.emit();
  }

  private async _keepWatching(signal: AbortSignal): Promise<void> {
    this._setStatus('connecting');
    try {
      const access = await this.access();
      if (access.kind === 'off' || signal.aborted) {
        return;
      }
      const events = watchDashboards(access.connection, {
        signal,
        onOpen: () => this._collection.begin(),
        // Proxies end long requests now and then; only a refused attempt to connect again is worth a word.
        onLost: error => error !== null && this._setStatus('lost', error.problem)
      });
      for await (const event of events) {
        this._collection.apply(event);
        if (event.kind === 'ready') {
          this._setStatus('live');
        } else {
          this._changed.emit();
        }
      }
    } catch (error) {
      if (!signal.aborted) {
        this._setStatus('failed', toProblem(error, this._options.trans));
      }
    }
  }

  private readonly _options: ManagerOptions;
  private readonly _collection = new DashboardCollection();
  private readonly _followers = new Map<string, BuildFollower>();
  private readonly _changed = new Signal<this, void>(this);
  private readonly _buildEnded = new Signal<this, Build>(this);
  private _access: Promise<Access> | null = null;
  private _watching: AbortController | null = null;
  private _watchers = 0;
  private _status: LiveStatus = 'connecting';
  private _problem: Problem | null = null;
  private _disposed = false;
}

import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import type {
  Build,
  BuildReply,
  Dashboard,
  DashboardEvent,
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
} from '../../server/contract';
import type { IDashboards } from '../tokens';
import type { Access } from './access';
import type { BuildFollower } from './build-follower';
import { DashboardCollection } from './collection';
import type { Connection } from './connection';
import { DashboardsError, isPassing, toProblem } from './errors';
import { watchLog, type StreamOptions } from './events';
import { DashboardFeed, type LiveStatus } from './feed';
import { FollowedBuilds } from './followed-builds';
import { DashboardList } from './list';
import type { Push } from './push';
import type { RememberedBuilds } from './remembered-builds';
import * as restapi from './restapi';

interface ManagerOptions {
  /** Finds out once how to reach the service; asked again until it has succeeded. */
  findAccess: () => Promise<Access>;
  /** The same as the connection's, for errors before there is one. */
  trans: Connection['trans'];
  /** Builds whose end is still to be told. */
  remembered: RememberedBuilds;
  /** Has files sent to dashboards' servers that do not see them. */
  push: Push;
}

/** The user's dashboards for panel, dialog and commands: lists, and everything that can be done. */
export class DashboardManager implements IDashboards, IDisposable {
  constructor(options: ManagerOptions) {
    this._options = options;
    this._builds = new FollowedBuilds(options.remembered, options.push);
    this._feed = new DashboardFeed({ access: () => this.access(), trans: options.trans });
    this._feed.event.connect((_sender, event) => this._onEvent(event));
    this._feed.statusChanged.connect(() => this._changed.emit());
  }

  get status(): LiveStatus {
    return this._feed.status;
  }

  get problem(): Problem | null {
    return this._feed.problem;
  }

  get me(): Whoami | null {
    return this._me;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get buildEnded(): ISignal<FollowedBuilds, Build> {
    return this._builds.ended;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    if (this._disposed) {
      return;
    }
    this._disposed = true;
    this._feed.dispose();
    this._builds.dispose();
    [...this._lists].forEach(list => list.dispose());
    Signal.clearData(this);
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

  async whoami(): Promise<Whoami> {
    this._me = await restapi.whoami(await this._connection());
    this._changed.emit();
    return this._me;
  }

  get(id: string): Dashboard | undefined {
    return this._collection.get(id);
  }

  async find(id: string): Promise<Dashboard> {
    return this._collection.get(id) ?? this._ask(connection => restapi.getDashboard(connection, id));
  }

  watch(): IDisposable {
    return this._feed.watch();
  }

  retry(): void {
    this._feed.retry();
  }

  createList(filter: ListFilter, options: { search?: string; atLeast?: number } = {}): DashboardList {
    const list = new DashboardList({
      ...options,
      filter,
      readPage: async query => {
        const connection = await this._connection();
        const asked = this._collection.moment;
        const page = await restapi.listDashboards(connection, query);
        this._see(page.dashboards, asked);
        return page;
      },
      toProblem: error => toProblem(error, this._options.trans)
    });
    this._lists.add(list);
    list.disposed.connect(() => this._lists.delete(list));
    return list;
  }

  async refreshMine(): Promise<Dashboard[]> {
    const connection = await this._connection();
    const asked = this._collection.moment;
    const mine = await restapi.listMine(connection);
    this._see(mine, asked);
    this._changed.emit();
    return mine;
  }

  async publish(request: PublishRequest, key: string): Promise<BuildFollower> {
    return this._begin(connection => restapi.publish(connection, request, key));
  }

  async update(id: string, request: UpdateRequest): Promise<BuildFollower> {
    return this._begin(connection => restapi.update(connection, id, request));
  }

  async activate(id: string, version: number): Promise<BuildFollower> {
    return this._begin(connection => restapi.activate(connection, id, version));
  }

  async patch(id: string, request: PatchRequest): Promise<void> {
    await this._ask(connection => restapi.patch(connection, id, request));
  }

  async start(id: string): Promise<void> {
    await this._ask(connection => restapi.start(connection, id));
  }

  async stop(id: string): Promise<void> {
    await this._ask(connection => restapi.stop(connection, id));
  }

  async remove(id: string): Promise<void> {
    await restapi.remove(await this._connection(), id);
    this._apply({ kind: 'deleted', id });
    this._changed.emit();
  }

  async versions(id: string): Promise<Version[]> {
    return restapi.listVersions(await this._connection(), id);
  }

  async cancel(buildId: string): Promise<void> {
    await restapi.cancelBuild(await this._connection(), buildId);
  }

  async gitCredentials(): Promise<GitCredential[]> {
    return restapi.listGitCredentials(await this._connection());
  }

  async storeGitToken(host: string, token: string): Promise<GitCredential> {
    return restapi.storeGitCredential(await this._connection(), { kind: 'token', host, token });
  }

  async removeGitCredential(id: string): Promise<void> {
    await restapi.removeGitCredential(await this._connection(), id);
  }

  async follow(build: Build): Promise<BuildFollower> {
    return this._builds.follow(build, await this._connection());
  }

  async takeUpBuilds(): Promise<void> {
    for (const id of this._options.remembered.all) {
      try {
        const connection = await this._connection();
        const build = await restapi.getBuild(connection, id);
        await this.find(build.dashboardId);
        this._builds.takeUp(build, connection);
      } catch (error) {
        if (error instanceof DashboardsError && !isPassing(error)) {
          this._options.remembered.delete(id);
        }
      }
    }
  }

  async readLog(id: string, query: LogQuery): Promise<LogPage> {
    return restapi.readLog(await this._connection(), id, query);
  }

  async *watchLog(id: string, query: LogQuery, options: StreamOptions): AsyncGenerator<LogEvent> {
    yield* watchLog(await this._connection(), id, query, options);
  }

  async downloadLog(id: string, query: LogDownloadQuery): Promise<Blob> {
    return restapi.downloadLog(await this._connection(), id, query);
  }

  private async _begin(ask: (connection: Connection) => Promise<BuildReply>): Promise<BuildFollower> {
    const connection = await this._connection();
    const asked = this._collection.moment;
    const { dashboard, build } = await ask(connection);
    this._put(dashboard, asked);
    return this.follow(build);
  }

  private async _ask(ask: (connection: Connection) => Promise<Dashboard>): Promise<Dashboard> {
    const connection = await this._connection();
    const asked = this._collection.moment;
    return this._put(await ask(connection), asked);
  }

  /** Keep an answer, unless the stream has told something newer since it was asked for. */
  private _put(dashboard: Dashboard, asked: number): Dashboard {
    if (!this._collection.isOvertaken(dashboard.id, asked)) {
      this._apply({ kind: 'dashboard', dashboard });
      this._changed.emit();
    }
    return dashboard;
  }

  /** Keep what has been read. Other lists have it from their own pages or the stream; telling each of each is slow. */
  private _see(dashboards: readonly Dashboard[], asked: number): void {
    dashboards
      .filter(({ id }) => !this._collection.isOvertaken(id, asked))
      .forEach(dashboard => this._collection.apply({ kind: 'dashboard', dashboard }));
  }

  private _apply(event: DashboardEvent): void {
    this._collection.apply(event);
    this._lists.forEach(list => list.apply(event));
  }

  private _onEvent(event: DashboardEvent): void {
    if (event.kind === 'ready' || event.kind === 'reset') {
      // Lists are read after the stream has begun, so that nothing falls between them.
      this._lists.forEach(list => void list.refresh());
      void this.whoami().catch(() => undefined);
    } else {
      this._collection.note(event);
      this._apply(event);
    }
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

  private readonly _options: ManagerOptions;
  private readonly _collection = new DashboardCollection();
  private readonly _lists = new Set<DashboardList>();
  private readonly _builds: FollowedBuilds;
  private readonly _feed: DashboardFeed;
  private readonly _changed = new Signal<this, void>(this);
  private _access: Promise<Access> | null = null;
  private _me: Whoami | null = null;
  private _disposed = false;
}

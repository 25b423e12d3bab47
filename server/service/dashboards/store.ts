import type { AppStatus, Audience, DesiredState, Problem, StoredVersions } from '../../contract';
import type { BuildRecord } from '../builds/build';
import type { AuditEntry } from '../audit/audit';
import type { KeyedPublish } from './idempotency';
import type { Position } from './cursor';
import type { DashboardAggregate, DashboardRecord, MadePod, RunnerRecord, VersionRecord } from './dashboard';

export interface DashboardPatch {
  name?: string;
  nameKey?: string;
  description?: string;
  audience?: Audience;
  updatedAt: string;
  /** Who has asked for it. */
  actor: string;
}

export interface HeartbeatRecord {
  app: AppStatus;
  connections: number;
  viewers: number;
  at: number;
}

/** A page of those listed under some subjects (`listing.ts`), newest first. */
export interface PageQuery {
  subjects: readonly string[];
  /** Leaves out this owner's. */
  notOwner: string | null;
  /** A part of what is searched, folded; empty: everything. */
  search: string;
  after: Position | null;
  limit: number;
}

/** How a dashboard is named: by its id, in its link, or in the address of its server. */
export type Which = { id: string } | { slug: string } | { owner: string; serverName: string };

/** What was found in the way. `deleted`: the dashboard is being deleted; `audience_changed`: by somebody else. */
export type Conflict = 'key_taken' | 'name_taken' | 'slug_taken' | 'build_running' | 'deleted' | 'audience_changed';

/** What the newest start of each dashboard's server has come to. */
export interface RunnerStore {
  /** `mounted`: the versions whose volumes it has. */
  beginStart(id: string, startId: string, at: number, mounted?: readonly number[]): Promise<RunnerRecord>;
  /** What the pod of the newest start is made with. */
  setPod(id: string, pod: MadePod): Promise<void>;
  setReady(startId: string, serverUrl: string | null): Promise<void>;
  /**
   * Marks versions lost that a runner has not found on its disk when it began, and lost ones ready that it has.
   * @returns whether that changed anything
   */
  recordStored(startId: string, versions: StoredVersions, at: number): Promise<boolean>;
  recordHeartbeat(startId: string, heartbeat: HeartbeatRecord): Promise<void>;
  /** The server is gone: nothing is ready or connected any more. */
  endStart(startId: string): Promise<void>;
}

/**
 * Where dashboards, their versions and their runners are kept. Every method is one transaction, in which what a person
 * has asked for is recorded for the audit.
 */
export interface DashboardStore extends RunnerStore {
  get(id: string): Promise<DashboardAggregate | null>;
  /** If it is listed under one of `subjects`. What is not takes as long to find as what is not there. */
  listed(which: Which, subjects: readonly string[]): Promise<DashboardAggregate | null>;
  /** Only what it is called, unless it is being deleted. */
  named(which: Which): Promise<Pick<DashboardRecord, 'id' | 'slug' | 'owner'> | null>;
  byServer(owner: string, serverName: string): Promise<DashboardAggregate | null>;
  byStart(startId: string): Promise<DashboardAggregate | null>;
  /** Those of them that exist, in this order. */
  some(ids: readonly string[]): Promise<DashboardAggregate[]>;
  /** Without those being deleted. `next` is the place of the last one, null when there are no more. */
  page(query: PageQuery): Promise<{ aggregates: DashboardAggregate[]; next: Position | null }>;
  /** Those whose server matters: wanted `on`, ready when last looked at, or being deleted. `all`: that ever had one. */
  toReconcile(all?: boolean): Promise<DashboardAggregate[]>;
  slugTaken(slug: string): Promise<boolean>;
  versions(id: string): Promise<VersionRecord[]>;
  /** Numbers of the versions of each dashboard whose files stay, or are being made. */
  keptVersions(): Promise<Map<string, number[]>>;
  /** Whether any version was ever served from a cloned volume. */
  hasVolumes(): Promise<boolean>;
  /** Whether a runner has ever worked on a build of it, so that there may be files. */
  wasWorkedOn(id: string): Promise<boolean>;

  create(
    dashboard: DashboardRecord,
    nameKey: string,
    version: VersionRecord,
    build: BuildRecord,
    keyed?: KeyedPublish
  ): Promise<Conflict | null>;
  /**
   * Adds version and build; the version's number is the next one. `audience`: who may look from now on, if that still is
   * as it `was`.
   */
  addVersion(
    version: VersionRecord,
    build: BuildRecord,
    audience?: { was: Audience; now: Audience }
  ): Promise<BuildRecord | Conflict>;
  addBuild(build: BuildRecord, actor: string): Promise<BuildRecord | Conflict>;
  patch(id: string, patch: DashboardPatch): Promise<Conflict | null>;
  /** Writes `to` if the state still is `from`. `audit`: where somebody has asked for it. */
  moveDesired(id: string, from: DesiredState, to: DesiredState, at: number, audit?: AuditEntry): Promise<boolean>;
  setProblem(id: string, problem: Problem | null, at: number): Promise<void>;
  /**
   * Raises the revisions of all above what any earlier process has told, as long as clocks go forwards: also one that worked
   * with a database that is no more, since this is a backup of it. Runners ignore what is older than what they know.
   */
  outgrow(at: number): Promise<void>;
  /** Hides it and frees its name and slug. */
  markDeleting(id: string, at: number, actor: string): Promise<void>;
  remove(id: string): Promise<void>;

  /** True if `hubId` is the owner's, or if none was known and this one is now. */
  bindOwner(id: string, hubId: number): Promise<boolean>;
}

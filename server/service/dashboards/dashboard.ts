import type {
  AppStatus,
  Audience,
  BuiltWith,
  CloneStrategy,
  DesiredState,
  FrameworkId,
  Place,
  Problem,
  Profile,
  Source,
  Strategy,
  Version as ContractVersion
} from '../../contract';
import type { BuildRecord } from '../builds/build';

/** A dashboard as it is kept. What people see of it is made by `view.ts`. */
export interface DashboardRecord {
  id: string;
  slug: string;
  serverName: string;
  name: string;
  description: string;
  owner: string;
  /** The Hub's number of the owner, known from the first start on: a re-created user of that name has another. */
  ownerHubId: number | null;
  audience: Audience;
  desired: DesiredState;
  liveVersion: number | null;
  /** Of the `RunnerState`: grows with every change. */
  revision: number;
  /** What stopped it. Ended by the next start that works. */
  problem: Problem | null;
  problemAt: number | null;
  /** Nobody sees it any more; its server and files are being removed. */
  deleting: boolean;
  createdAt: string;
  updatedAt: string;
}

/** Where its author's own server had the files that were published. */
export interface Origin {
  /** Name of the server, empty for the default one; null: nobody has said which. */
  server: string | null;
  /** Absolute path of the folder there, without links in it; null: nobody has said. */
  folder: string | null;
}

/** The cloned volume that a version is served from. */
export interface ClonedVolume {
  strategy: CloneStrategy;
  /** Name of its claim. */
  claim: string;
  /** Where the folder is in it, and is in the claim that it is a clone of. */
  subPath: string;
  /** The author's own claim. */
  source: string;
  /** Where the author's server had the folder. */
  path: string;
}

/** What the pod of a server is made with. */
export interface MadePod {
  image: string;
  profile: Profile;
}

export interface VersionRecord {
  dashboardId: string;
  n: number;
  createdAt: string;
  author: string;
  message: string;
  source: Source;
  /** What the author's own server saw of its folder when it was published; null: nobody has said. */
  place: Place | null;
  /** Null: of a version that was published before that was asked. */
  origin: Origin | null;
  volume: ClonedVolume | null;
  /** What the author asked for; null: detect it. */
  requestedFramework: FrameworkId | null;
  command: string | null;
  /** What the build found. */
  framework: FrameworkId | null;
  frameworkReason: string;
  strategy: Strategy | null;
  commit: string | null;
  manifestHash: string | null;
  files: number;
  bytes: number;
  warnings: string[];
  state: ContractVersion['state'];
  /** Null: that is not known. `profile`: that of the pod; null: of none. */
  builtWith: (BuiltWith & { profile: Profile | null }) | null;
}

/** One start of a dashboard's server, and what its runner said last. */
export interface RunnerRecord {
  dashboardId: string;
  startId: string;
  startedAt: number;
  /** The Hub routes requests to it. */
  ready: boolean;
  /** Full URL of the server where the Hub says one: hubs with a domain per user. */
  serverUrl: string | null;
  app: AppStatus | null;
  connections: number;
  viewers: number;
  heartbeatAt: number | null;
  /** The versions whose volumes its server was started with. */
  mounted: number[];
  /** Null: its server is in none, or that is not known. */
  pod: MadePod | null;
}

/** Everything that is shown of a dashboard in a list. */
export interface DashboardAggregate {
  dashboard: DashboardRecord;
  newest: VersionRecord;
  live: VersionRecord | null;
  build: BuildRecord | null;
  runner: RunnerRecord | null;
}

/**
 * It was stopped, and a new version of it is being built: nobody sees the old one meanwhile. It is wanted `on` again once
 * the new version works, and stays stopped if that comes to nothing.
 */
export function builtWhileStopped(aggregate: DashboardAggregate): boolean {
  return aggregate.dashboard.desired === 'off' && activeBuild(aggregate) !== null;
}

/** The version that another one is made like: the live one, or the newest where none has worked yet. */
export function lastGood({ live, newest }: DashboardAggregate): VersionRecord {
  return live ?? newest;
}

/** The build under way, if any. */
export function activeBuild(aggregate: DashboardAggregate): BuildRecord | null {
  return aggregate.build !== null && aggregate.build.endedAt === null ? aggregate.build : null;
}

import { Type, type Static } from 'typebox';

import { Problem } from './errors';
import { Time } from './fields';
import { LIMITS } from './names';
import { CLONE_STRATEGIES } from './source';

/** Begin of the names of servers that are started to see whether dashboards can be. */
export const CHECK_SERVER_PREFIX = 'dash-check-';

/** Paths of a checking server's pages, and of its WebSocket, under the server's prefix. */
export const CHECK_PAGES = {
  /** GET, with `?at=` for each address at which the server is found, the one of browsers first. */
  report: '_dashboards/check',
  socket: '_dashboards/check-socket',
  /** PUT writes a file beside the versions; GET, of a later start of the same server, says whether it was kept. */
  canary: '_dashboards/check-canary',
  /**
   * DELETE with `?file=`: whether this file, that JupyterLab or another server has written for the check, was seen. It is
   * removed, if it can be. PUT writes one into the home folder, for another server to look for.
   */
  seen: '_dashboards/check-seen'
} as const;

/** What the WebSocket of a checking server answers to the first thing that it is sent. */
export const CHECK_GREETING = 'dashboards';

/** The options that stand in the Hub's configuration file by now, as `configure(c)` would hand them to the service. */
export const CheckRequest = Type.Object({ options: Type.Record(Type.String(), Type.Unknown()) });
export type CheckRequest = Static<typeof CheckRequest>;

/**
 * POST api/v1/checks, for administrators: what the service sees from where it is, and the name under which a server of
 * the caller's starts as a check (within a quarter of an hour).
 */
export const CheckReply = Type.Object({
  serverName: Type.String(),
  /** The same for a second one, that runs beside it: it has the volumes mounted that were made of the first one's. */
  secondName: Type.String(),
  /** Whether the service clones volumes, so that it can be asked to try that (`CheckVolumes`). */
  clones: Type.Boolean(),
  /** `Authorization: Bearer <key>` opens the pages of that server. */
  key: Type.String(),
  /** Origin that the caller's dashboards are served on; null: the Hub's, or that of the caller's own domain. */
  dashboardsOrigin: Type.Union([Type.String(), Type.Null()]),
  /** Which of the options in the request are others than those that the service runs with. */
  otherOptions: Type.Array(Type.String()),
  /** What the service may not do at the Hub although it has to; null: nothing. */
  rights: Type.Union([Problem, Type.Null()]),
  database: Type.String(),
  /** Bytes; null where the system does not say. */
  databaseFree: Type.Union([Type.Integer(), Type.Null()]),
  runnerServiceUrl: Type.String(),
  now: Time,
  version: Type.String()
});
export type CheckReply = Static<typeof CheckReply>;

/** DELETE api/v1/checks/:serverName: whether the service could have the server removed. */
export const CheckRemoval = Type.Object({ problem: Type.Union([Problem, Type.Null()]) });
export type CheckRemoval = Static<typeof CheckRemoval>;

/** A right in the namespace of the service, as roles of Kubernetes have it. */
export const ClusterRight = Type.Object({ verb: Type.String(), group: Type.String(), resource: Type.String() });
export type ClusterRight = Static<typeof ClusterRight>;

/** As whom the service asks the API server, and what it may not do there although it has to. */
export const ClusterRights = Type.Object({
  /** Null: the API server does not say. */
  account: Type.Union([Type.String(), Type.Null()]),
  namespace: Type.String(),
  missing: Type.Array(ClusterRight)
});
export type ClusterRights = Static<typeof ClusterRights>;

/** One way to make the volume of a version, tried with a volume that is in use. */
export const VolumeAttempt = Type.Object({
  strategy: Type.Enum([...CLONE_STRATEGIES]),
  /** Null: it was made. */
  problem: Type.Union([Problem, Type.Null()]),
  seconds: Type.Number(),
  /** What it takes, in the words of Kubernetes (`10Gi`); null: it is not known. */
  size: Type.Union([Type.String(), Type.Null()]),
  /** Where the second server has it mounted. */
  folder: Type.String()
});
export type VolumeAttempt = Static<typeof VolumeAttempt>;

/** What is asked with: a folder of the check's server, which runs. */
export const CheckVolumesRequest = Type.Object({ folder: Type.String({ pattern: '^/', maxLength: LIMITS.path }) });

/**
 * POST api/v1/checks/:serverName/volumes, until it is done: what has become by now of the attempt to make volumes as
 * versions have them, out of the one that a folder of the check's server is on. DELETE removes them.
 */
export const CheckVolumes = Type.Object({
  done: Type.Boolean(),
  /** What happened last, while it is not done. */
  doing: Type.Union([Type.String(), Type.Null()]),
  /** Null: not known. */
  rights: Type.Union([ClusterRights, Type.Null()]),
  /** The claim that the folder is on; null: not known. */
  claim: Type.Union([Type.String(), Type.Null()]),
  /** Why the attempts have ended early. */
  problem: Type.Union([Problem, Type.Null()]),
  attempts: Type.Array(VolumeAttempt)
});
export type CheckVolumes = Static<typeof CheckVolumes>;

/** One line of the check that needs no more words than these. */
export const CheckLine = Type.Object({
  id: Type.String(),
  state: Type.Union([Type.Literal('ok'), Type.Literal('warning'), Type.Literal('failed'), Type.Literal('not_tried')]),
  sentence: Type.String(),
  /** What to paste or to do. */
  fix: Type.Union([Type.String(), Type.Null()])
});
export type CheckLine = Static<typeof CheckLine>;

/** PUT and GET of the canary. */
export const CheckCanary = Type.Object({
  /** Why it could not be written; null: it was, or was not to be. */
  error: Type.Union([Type.String(), Type.Null()]),
  kept: Type.Boolean()
});
export type CheckCanary = Static<typeof CheckCanary>;

/** SHA-256 of what the file held, null where it is not seen. */
export const CheckSeen = Type.Object({ sha256: Type.Union([Type.String(), Type.Null()]) });
export type CheckSeen = Static<typeof CheckSeen>;

/** A file that was written for another server to look for. */
export const CheckMarker = Type.Object({
  file: Type.String(),
  sha256: Type.String(),
  /** Why it could not be written; null: it was. */
  error: Type.Union([Type.String(), Type.Null()])
});
export type CheckMarker = Static<typeof CheckMarker>;

/** What a checking server found in the single-user environment. */
export const CheckReport = Type.Object({
  /** False while it is still looking; the lists are not complete then. */
  done: Type.Boolean(),
  now: Time,
  /** Of the runner. */
  version: Type.String(),
  node: Type.String(),
  python: Type.String(),
  home: Type.String(),
  /** Bytes; null where the system does not say. */
  homeFree: Type.Union([Type.Integer(), Type.Null()]),
  /** Why nothing can be written into the home folder; null: it can. */
  homeError: Type.Union([Type.String(), Type.Null()]),
  /** Why the service cannot be reached from here; null: it can. */
  serviceError: Type.Union([Type.String(), Type.Null()]),
  frameworks: Type.Array(
    Type.Object({
      id: Type.String(),
      distribution: Type.String(),
      /** Null: not installed, or not usable. */
      version: Type.Union([Type.String(), Type.Null()]),
      /** Why it cannot be imported although it is installed. */
      error: Type.Union([Type.String(), Type.Null()])
    })
  ),
  /** What versions need of the storage, in the order in which it was tried. */
  storage: Type.Array(CheckLine)
});
export type CheckReport = Static<typeof CheckReport>;

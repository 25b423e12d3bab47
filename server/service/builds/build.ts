import type { Audience, Build, BuildState, Problem } from '../../contract';

/** A build as it is kept. */
export interface BuildRecord {
  id: string;
  dashboardId: string;
  kind: Build['kind'];
  version: number;
  state: BuildState;
  createdAt: string;
  endedAt: string | null;
  problem: Problem | null;
  /** Who may look once it is live; null: as it is. Only ever wider than what holds until then. */
  audience: Audience | null;
  /** Until when whoever works on it has the word; afterwards it is taken up again, or given up. */
  leaseUntil: number | null;
  /** How often it has been taken up again after a lost lease or server. */
  attempts: number;
  /** Its server waits for its files to be sent. */
  wantsFiles: boolean;
  /** What its runner cannot do itself is done; false: it is not known whether a volume has to be cloned, or that is not done. */
  prepared: boolean;
}

/** The part of it that goes over the wire. */
export function contractBuild(build: BuildRecord): Build {
  const { id, dashboardId, kind, version, state, createdAt, endedAt, problem, audience } = build;
  const wantsFiles = build.wantsFiles && ({ wantsFiles: true } as const);
  return {
    id,
    dashboardId,
    kind,
    version,
    state,
    createdAt,
    endedAt,
    problem,
    ...wantsFiles,
    ...(!build.prepared && endedAt === null && ({ clonesVolume: true } as const)),
    ...(audience && { audience })
  };
}

import type { BuildEvent, BuildResult, BuildState, Problem } from '../../contract';
import type { ClonedVolume } from '../dashboards/dashboard';
import type { BuildRecord } from './build';

/** What a change of state takes along. */
export interface BuildMove {
  at: number;
  leaseUntil?: number | null;
  problem?: Problem;
  /** Counts an attempt more: the build is taken up again. */
  again?: boolean;
  /** Who has cancelled it; recorded for the audit. */
  actor?: string;
}

export type BuildSuccess = Extract<BuildResult['outcome'], { ok: true }>;

/** Where builds are kept. Every method is one transaction. */
export interface BuildStore {
  get(id: string): Promise<BuildRecord | null>;
  active(): Promise<BuildRecord[]>;
  /**
   * Writes a state if the build still has the state that it had when `build` was read, and records it as an event. A
   * failed or cancelled `publish` marks its version failed.
   * @returns the new record, or null when somebody else was faster or the states do not follow each other.
   */
  move(build: BuildRecord, to: BuildState, move: BuildMove): Promise<BuildRecord | null>;
  /** Notes whether its server waits for its files, and records a change of that as an event. @returns null: no change. */
  setWantsFiles(build: BuildRecord, wanted: boolean, at: number): Promise<BuildRecord | null>;
  /** Notes that its runner may have it, and what its version is served from, and records that as an event; unless it has ended. */
  setPrepared(id: string, volume: ClonedVolume | null, at: number): Promise<void>;
  extendLease(id: string, leaseUntil: number): Promise<void>;
  /**
   * `move` to `live` that also writes what was found about the version, moves the dashboard's live pointer to what its
   * runner serves from now on, and marks versions removed that are no longer kept.
   */
  succeed(build: BuildRecord, outcome: BuildSuccess, keep: number, at: number): Promise<BuildRecord | null>;
  /** States and log lines, in their order. */
  eventsAfter(id: string, seq: number): Promise<BuildEvent[]>;
}

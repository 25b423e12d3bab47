import type { LogLine, LogOrigin } from '../../contract';

/** A line before it has its place in the log. */
export interface NewLine {
  at: string;
  version: number;
  origin: LogOrigin;
  text: string;
}

/** Lines of a build. `from`: so many others of this sender come before them; null where that is not known. */
export interface BuildPart {
  buildId: string;
  sender: string;
  from: number | null;
}

/** One batch of a runner's: numbered by its sender, so that one that is sent twice is kept once. */
export interface RunnerPart {
  sender: string;
  batch: number;
}

/** A stretch of a dashboard's log. */
export interface Stretch {
  dashboardId: string;
  /** Null: of all versions. */
  version: number | null;
  limit: number;
}

/** Where the lines of all versions are kept, each once. Every method is one transaction. */
export interface LogStore {
  /**
   * Adds lines at the end, and takes away the oldest of a version that has too many.
   * Lines of versions that the dashboard does not have are left out. `part` is null for lines that nobody sends twice.
   * @returns false if nothing was added: they were there already, say
   */
  append(dashboardId: string, lines: readonly NewLine[], part: BuildPart | RunnerPart | null): Promise<boolean>;
  /** The newest lines before `seq` (null: of all), newest first. */
  before(stretch: Stretch, seq: number | null): Promise<LogLine[]>;
  /** The oldest lines after `seq`, oldest first. */
  after(stretch: Stretch, seq: number): Promise<LogLine[]>;
  /** The newest `seq` that any line was given, also one that is gone; 0 before the first. */
  latest(): Promise<number>;
}

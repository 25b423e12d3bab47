/** How the files of a version differ from what was published: paths, in order. */
export interface Differences {
  missing: string[];
  changed: string[];
  extra: string[];
}

/**
 * `all`: every file is read; `suspicious`: those whose time says that they have been written to. What somebody has changed
 * without changing size and time is found by reading alone.
 */
export type Reading = 'all' | 'suspicious';

/** What the verifier is to do, as it goes to its thread. */
export interface VerifyOrder {
  /** The dashboard's folder in the store. */
  dashboard: string;
  version: number;
  read: Reading;
}

/** What its thread says, once; null: there is no manifest. */
export type VerifyReport = Differences | null;

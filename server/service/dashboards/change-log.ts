import type { Audience } from '../../contract';

/** For how long it is known who could see what: whoever was away for longer reads everything again. */
export const CHANGES_MS = 7 * 24 * 3_600_000;

/** That a dashboard has changed; what it is like now is read when it is told. */
export interface ChangeEntry {
  /** Grows from change to change, also over restarts. */
  seq: number;
  dashboardId: string;
  /** Who could see it until then, where that has changed or it was deleted: they may have to be told that it is gone. */
  seenBy: { owner: string; audience: Audience } | null;
}

/** The changes of dashboards, in order, as far as somebody could have missed them. */
export interface ChangeLog {
  /** Records that these have changed. Only the newest such record of each is kept. */
  append(ids: readonly string[], at: number): Promise<void>;
  /** Records what an earlier process changed and, being killed, did not record. */
  catchUp(at: number): Promise<void>;
  /** What came after `seq`, oldest first. Null: more than `limit`, or not all of it is known any more. */
  after(seq: number, limit: number): Promise<ChangeEntry[] | null>;
  latest(): Promise<number>;
  /** Forgets who could see what before that time; whoever has been away for longer reads everything again. */
  forget(before: number): Promise<void>;
}

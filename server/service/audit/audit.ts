import type { AuditAction, AuditRecord } from '../../contract';
import type { Refused } from '../access/access-refused';

/** Records are kept for this long: more than a year. */
export const AUDIT_MS = 400 * 24 * 3_600_000;

/** Something that was done to a dashboard, or decided about it. */
export interface AuditEntry {
  /** Name of the Hub user who did it, or about whom it was decided. */
  actor: string;
  action: AuditAction;
  /** A few words, never a secret: see `details.ts`. */
  detail: string;
  at: number;
}

/** A decision against somebody. It names the dashboard as it was then: it may be gone when this is written. */
export type Refusal = AuditEntry & Refused;

/**
 * Where records are read. Changes are recorded by the stores that make them, in the same transaction; `record` and
 * `recordRefusals` are for what changes nothing.
 */
export interface AuditLog {
  record(dashboardId: string, entry: AuditEntry): Promise<void>;
  recordRefusals(refusals: readonly Refusal[]): Promise<void>;
  /** The newest first, older than `before`. */
  list(query: { dashboardId: string | null; before: number | null; limit: number }): Promise<AuditRecord[]>;
  forget(before: number): Promise<void>;
}

import type { Clock } from '../clock';
import type { Logger } from '../logger';
import { remember } from '../remember';
import type { AuditLog } from './audit';

/** A page that reloads itself, or a program in a loop, is one refusal in this time. */
const ONCE_MS = 60_000;
const MAX_REMEMBERED = 1_000;

/** Records that somebody was not let in. Never fails: that somebody is refused does not depend on it. */
export type Refusals = (dashboardId: string, viewer: string) => void;

export function createRefusals({ audit, clock, log }: { audit: AuditLog; clock: Clock; log: Logger }): Refusals {
  const recent = new Map<string, number>();
  return (dashboardId, viewer) => {
    const key = `${dashboardId} ${viewer}`;
    const at = clock();
    if (at - (recent.get(key) ?? -ONCE_MS) < ONCE_MS) {
      return;
    }
    remember(recent, key, at, MAX_REMEMBERED);
    audit
      .record(dashboardId, { actor: viewer, action: 'view_refused', detail: '', at })
      .catch((error: unknown) => log.error({ err: error, dashboard: dashboardId, viewer }, 'refusal not recorded'));
  };
}

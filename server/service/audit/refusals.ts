import type { Clock } from '../clock';
import type { Logger } from '../logger';
import { remember } from '../remember';
import type { AuditLog, Refusal } from './audit';

/** A page that reloads itself, or a program in a loop, is one refusal in this time. */
const ONCE_MS = 60_000;
const MAX_REMEMBERED = 1_000;
/** Writing blocks everybody for a moment. So much later, nobody learns from it which request was refused for what. */
const WRITE_AFTER_MS = 1_000;

/** Records that somebody was refused. Never fails: that somebody is refused does not depend on it. */
export interface Refusals {
  /** To be called when the answer is out: the time that it takes must not tell what is there from what is not. */
  record(refusal: Omit<Refusal, 'at'>): void;
  /** Writes what waits to be written. */
  stop(): Promise<void>;
}

export function createRefusals({ audit, clock, log }: { audit: AuditLog; clock: Clock; log: Logger }): Refusals {
  const recent = new Map<string, number>();
  let waiting: Refusal[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const refusals = waiting;
    waiting = [];
    if (refusals.length > 0) {
      writing = writing
        .then(() => audit.recordRefusals(refusals))
        .catch((error: unknown) => log.error({ err: error, refusals }, 'refusals not recorded'));
    }
    return writing;
  }

  return {
    record(refusal) {
      const { actor, action, dashboard, detail } = refusal;
      const key = JSON.stringify([actor, action, dashboard?.id, detail]);
      const at = clock();
      if (at - (recent.get(key) ?? -ONCE_MS) < ONCE_MS) {
        return;
      }
      remember(recent, key, at, MAX_REMEMBERED);
      waiting.push({ ...refusal, at });
      timer ??= setTimeout(() => void write(), WRITE_AFTER_MS);
    },
    stop: write
  };
}

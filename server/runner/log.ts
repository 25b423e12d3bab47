import pino, { type Logger } from 'pino';

/** The part of pino's logger that the runner uses. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error'>;

/** Logs to standard error, which a Spawner keeps with the server's log. Synchronous: the last line is the one that matters. */
export function createLog(): Log {
  return pino({ name: 'dashboards-runner', level: 'info' }, pino.destination({ fd: 2, sync: true }));
}

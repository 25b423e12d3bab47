import { pause, type Clock } from '../clock';
import type { Log } from '../log';

const INTERVAL_S = 300;

export interface HubActivityOptions {
  /** Where the Hub takes activity; without it nothing is reported. */
  url: string | null;
  serverName: string;
  /** As `JUPYTERHUB_ACTIVITY_INTERVAL` says, which single-user servers go by; five minutes unless given. */
  everySeconds?: number;
  /** When a viewer was there last, in ms, or null. */
  lastActivity(): number | null;
  post(url: string, body: unknown): Promise<void>;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}

/** Tells the Hub from time to time that the server is in use, if viewers were there: a culler goes by it. Ends with `signal`. */
export async function reportHubActivity(options: HubActivityOptions): Promise<void> {
  const { url, serverName, everySeconds = INTERVAL_S, lastActivity, post, clock, log, signal } = options;
  if (url === null) {
    return;
  }
  let reported: number | null = null;
  for (;;) {
    await pause(clock, everySeconds * 1_000, signal);
    if (signal.aborted) {
      return;
    }
    const last = lastActivity();
    if (last === null || last === reported) {
      continue;
    }
    const time = new Date(last).toISOString();
    try {
      await post(url, { servers: { [serverName]: { last_activity: time } }, last_activity: time });
      reported = last;
    } catch (error) {
      log.warn({ err: error }, 'the Hub did not take the report of activity');
    }
  }
}

import { pause, type Clock } from '../clock';
import type { Log } from '../log';

const INTERVAL = 300_000;

export interface HubActivityOptions {
  /** Where the Hub takes activity; without it nothing is reported. */
  url: string | null;
  serverName: string;
  /** Time of the last request of a viewer, in ms, or null. */
  lastActivity(): number | null;
  post(url: string, body: unknown): Promise<void>;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}

/** Tells the Hub every five minutes that the server is in use, if viewers were there. Ends with `signal`. */
export async function reportHubActivity(options: HubActivityOptions): Promise<void> {
  const { url, serverName, lastActivity, post, clock, log, signal } = options;
  if (url === null) {
    return;
  }
  let reported: number | null = null;
  for (;;) {
    await pause(clock, INTERVAL, signal);
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

import type { Log } from './log';

/** The Hub and Kubernetes give a server time to end, but not much. */
const LIMIT = 1_800;

export interface ShutdownOptions {
  /** What has to end, in this order. Each is tried, whatever became of the others. */
  steps: readonly (() => Promise<void> | void)[];
  /** Ties to the service: it takes their end for the end of everything. */
  ties: readonly (() => Promise<void> | void)[];
  exit(code: number): void;
  log: Log;
}

/** Ends the runner once, however often it is told to, within two seconds. */
export class Shutdown {
  #ending: Promise<void> | null = null;

  constructor(private readonly options: ShutdownOptions) {}

  /** `last` runs after `steps` and may take longer. */
  end(reason: string, last?: () => Promise<void>): Promise<void> {
    this.#ending ??= this.#run(reason, last);
    return this.#ending;
  }

  async #run(reason: string, last: (() => Promise<void>) | undefined): Promise<void> {
    const { steps, ties, exit, log } = this.options;
    log.info({ reason }, 'ending');
    const timer = setTimeout(() => exit(last === undefined ? 0 : 1), last === undefined ? LIMIT : 60_000);
    for (const step of [...steps, ...(last ? [last] : []), ...ties]) {
      try {
        await step();
      } catch (error) {
        log.error({ err: error }, 'a step of ending failed');
      }
    }
    clearTimeout(timer);
    exit(0);
  }
}

import type { AppFailure, Framework } from '../../frameworks';
import type { AppLog } from '../supervisor/app-log';

/** How much later than an app's answer the reason of its failure may come: the log has a pipe of its own. */
export const LATE_MS = 2_000;

/** What an app logs from now on, and the failure in it. */
export class FailureWatch {
  readonly lines: string[] = [];
  readonly #log: AppLog;
  readonly #framework: Framework;
  readonly #stopListening: () => void;

  constructor(log: AppLog, framework: Framework) {
    this.#log = log;
    this.#framework = framework;
    this.#stopListening = log.listen(line => this.lines.push(line));
  }

  /** What has been logged so far. */
  get failure(): AppFailure | null {
    return this.#framework.failure(this.lines);
  }

  /** Waits a little for a failure that is on its way, the whole traceback of it. */
  late(): Promise<AppFailure | null> {
    if (this.#complete()) {
      return Promise.resolve(this.failure);
    }
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer);
        stopListening();
        resolve(this.failure);
      };
      const timer = setTimeout(done, LATE_MS);
      const stopListening = this.#log.listen(() => this.#complete() && done());
    });
  }

  #complete(): boolean {
    return this.failure?.summary.includes(':') ?? false;
  }

  close(): void {
    this.#stopListening();
  }
}

import { LIMITS, RUNNER, type LogBatch } from '../../contract';
import { pause, type Clock } from '../clock';
import { grouped } from '../../grouped';
import type { Log } from '../log';
import { Backoff } from './backoff';
import { PER_REPORT, within, type LineLimits } from './line-limits';
import { ServiceError } from './service-client';

type Line = LogBatch['lines'][number];

/** Lines that come within this time go together; a person who watches does not notice. */
const COLLECT = 200;
/** Kept while the service is away, as long as the app runs; the oldest lines go first. */
const WAITING: LineLimits = { lines: 5_000, characters: 2_000_000 };
/** How long the end of the runner waits for the last lines. */
const LAST_WORDS = 500;

export interface LogReportsOptions {
  startId: string;
  /** Names this process. */
  sender: string;
  /** Posts to the service; rejects with `ServiceError`. */
  tell(url: string, body: LogBatch): Promise<void>;
  clock: Clock;
  log: Log;
  backoff?: Backoff;
}

/** Brings what apps print to the service: one batch at a time, each of them once, and never more than fits in memory. */
export class LogReports {
  readonly #stopped = new AbortController();
  readonly #backoff: Backoff;
  #waiting: Line[] = [];
  #characters = 0;
  #lost = 0;
  #unsent: LogBatch | null = null;
  #batches = 0;
  #sending: Promise<void> | null = null;
  #refused = false;

  constructor(private readonly options: LogReportsOptions) {
    this.#backoff = options.backoff ?? new Backoff();
  }

  add(version: number, line: string): void {
    const text = line.slice(0, LIMITS.logLine);
    this.#waiting.push({ at: new Date(this.options.clock.now()).toISOString(), version, text });
    this.#characters += text.length;
    while (this.#waiting.length > WAITING.lines || this.#characters > WAITING.characters) {
      this.#characters -= this.#waiting.shift()?.text.length ?? 0;
      this.#lost += 1;
    }
    this.#sending ??= this.#sendAll(COLLECT);
  }

  /** Sends what there is, once more and without patience, and nothing after that. */
  async close(): Promise<void> {
    this.#stopped.abort();
    const { clock } = this.options;
    const last = (this.#sending ?? Promise.resolve()).then(() => this.#sendAll(0));
    await Promise.race([last, new Promise<void>(resolve => clock.after(LAST_WORDS, resolve))]);
  }

  async #sendAll(wait: number): Promise<void> {
    const { clock, log, startId, sender, tell } = this.options;
    await pause(clock, wait, this.#stopped.signal);
    while (this.#unsent !== null || this.#waiting.length > 0) {
      this.#unsent ??= { startId, sender, batch: ++this.#batches, lines: this.#take() };
      try {
        await tell(RUNNER.logs, this.#unsent);
        this.#unsent = null;
        this.#backoff.reset();
      } catch (error) {
        if (!(error instanceof ServiceError && error.passing)) {
          this.#unsent = null;
          if (!this.#refused) {
            this.#refused = true;
            log.warn({ err: error }, 'the service did not want log lines');
          }
        } else if (this.#stopped.signal.aborted) {
          break;
        }
        await pause(clock, this.#backoff.delay(), this.#stopped.signal);
      }
    }
    this.#sending = null;
  }

  #take(): Line[] {
    // There may be a line to add, about those that are lost.
    const limits = { ...PER_REPORT, lines: PER_REPORT.lines - 1 };
    const texts = this.#waiting.map(({ text }) => text);
    const lines = this.#waiting.splice(0, within(texts, limits));
    this.#characters -= lines.reduce((sum, { text }) => sum + text.length, 0);
    const [first] = lines;
    if (first && this.#lost > 0) {
      const text = `[${grouped(this.#lost)} lines left out here: the dashboards service could not be reached]`;
      lines.unshift({ ...first, text });
      this.#lost = 0;
    }
    return lines;
  }
}

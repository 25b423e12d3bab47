import type { RunnableVersion } from '../../contract';
import type { AppSurroundings } from './app';
import { AppLog } from './app-log';
import { Drains, type DrainsOptions } from './drains';
import { Endings } from './endings';
import { RunningVersion } from './running-version';

export interface RunningVersionsOptions {
  around: AppSurroundings;
  drains: DrainsOptions;
  /** Takes secrets out of a line of a log. */
  redact(line: string): string;
  /** Keeps a line that the app of version `n` has printed, or that is about it. */
  keepLine(n: number, line: string): void;
  /** Whether the app of version `n` is to run on. */
  needed(n: number): boolean;
  /** The app of version `n` has come to another state. */
  changed(n: number): void;
  /** There is a further line in the log of version `n`. */
  printed(n: number): void;
  /** An app that was no longer needed has ended. */
  retired(): void;
}

/** The apps of all versions, from when they are first asked for until nothing is left of them. */
export class RunningVersions {
  readonly #apps = new Map<number, RunningVersion>();
  readonly #drains: Drains;
  readonly #endings = new Endings();
  #stopped = false;

  constructor(private readonly options: RunningVersionsOptions) {
    this.#drains = new Drains(options.drains);
  }

  get(n: number): RunningVersion | null {
    return this.#apps.get(n) ?? null;
  }

  /** Whether an app of version `n` is there, also one that is being ended. */
  has(n: number): boolean {
    return this.#apps.has(n) || this.#endings.has(n);
  }

  /** The app of a version: the one there is, unless that has failed; else a new one, not yet started. */
  prepare(version: RunnableVersion): RunningVersion {
    const { around, redact, keepLine, changed, printed } = this.options;
    const { n } = version;
    this.#drains.end(n);
    const present = this.#apps.get(n);
    if (present && present.state !== 'failed') {
      return present;
    }
    if (present) {
      void this.#endings.end(present);
    }
    const log = new AppLog({ redact, keeper: line => keepLine(n, line) });
    log.listen(() => printed(n));
    const running = new RunningVersion(around, version, log, () => changed(n));
    this.#apps.set(n, running);
    return running;
  }

  /** Ends the app of version `n`. Resolves when none is left that could write to its files. */
  async dismiss(n: number): Promise<void> {
    this.#drains.end(n);
    const running = this.#apps.get(n);
    if (running) {
      // Forgotten first: a version that is asked for while its old app is dying gets a new one.
      this.#apps.delete(n);
      void this.#endings.end(running);
    }
    await this.#endings.done(n);
  }

  /** Whether version `n` lets nobody in any more, and only ends what has begun. */
  closed(n: number): boolean {
    return this.#drains.closed(n);
  }

  /** Ends the apps that are no longer needed at once: their memory is. */
  async dismissUnneeded(): Promise<void> {
    const unneeded = this.#drains.versions().filter(n => !this.options.needed(n));
    unneeded.forEach(n => this.options.drains.sendAway(n));
    await Promise.all(unneeded.map(n => this.dismiss(n)));
  }

  /** Ends the apps that are no longer needed, each of them once nobody uses it any more. */
  retireUnneeded(): void {
    for (const n of this.#apps.keys()) {
      if (!this.options.needed(n) && !this.#drains.has(n)) {
        void this.#retire(n);
      }
    }
  }

  /** Ends all. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#drains.end();
    await Promise.all([this.#endings.done(), ...[...this.#apps.values()].map(running => running.stop())]);
  }

  async #retire(n: number): Promise<void> {
    const unused = await this.#drains.wait(n);
    if (this.#stopped) {
      return;
    }
    if (this.options.needed(n)) {
      // Also one that was asked for after the last look at its viewers.
      return;
    }
    if (unused) {
      await this.dismiss(n);
      this.options.retired();
    } else {
      this.retireUnneeded();
    }
  }
}

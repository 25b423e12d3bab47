import { setTimeout as delay } from 'node:timers/promises';

import type { AppStatus, ErrorCode, Problem, RunnableVersion } from '../../contract';
import { frameworkOf } from '../../frameworks';
import { ProblemError, problemOf } from '../../problem-error';
import type { Target } from '../engine';
import { startApp, type App, type AppSurroundings } from './app';
import type { FilesWatch } from '../storage/live/files-watch';
import { untilAborted } from '../until-aborted';
import type { AppLog } from './app-log';
import { exitProblem } from './exit-problem';
import type { Exit } from './launch';
import { changesSince, installedFor } from './installed';
import { createRenewals } from './renewals';
import { createRestarts } from './restarts';

/** Starting again helps against none of these. */
const FINAL: ReadonlySet<ErrorCode> = new Set([
  'file_missing',
  'path_forbidden',
  'strategy_forbidden',
  'command_invalid',
  'framework_missing',
  'port_never_opened'
]);

/** So many apps that others have taken the place of go on beside the newest one; each holds its memory. */
const MOST_LEFT = 2;

const CHANGED_AGAIN =
  'Files change each time after the app has been started. If it writes them itself, name them in .dashboardignore: until then it is started anew less often.';

/** An app that another one has taken the place of, for as long as it still answers what it was asked. */
interface LeftApp {
  app: App;
  /** It is not waited for any longer. */
  enough: AbortController;
  ended: Promise<void>;
}

/** One version's app over all its starts. */
export class RunningVersion {
  readonly version: RunnableVersion;
  readonly log: AppLog;
  readonly #around: AppSurroundings;
  readonly #changed: () => void;
  readonly #stopped = new AbortController();
  readonly #restarts = createRestarts(() => performance.now());
  #state: Exclude<AppStatus['state'], 'none'> = 'starting';
  #problem: Problem | null = null;
  #app: App | null = null;
  #kept = false;
  #ended: Promise<void> = Promise.resolve();
  #started: Promise<void> | null = null;
  #isCompared = false;
  /** Told of the next state. */
  #waiting: (() => void)[] = [];
  /** The oldest one first. */
  readonly #left: LeftApp[] = [];

  /** @param changed - told of each new state. */
  constructor(around: AppSurroundings, version: RunnableVersion, log: AppLog, changed: () => void) {
    this.#around = around;
    this.version = version;
    this.log = log;
    this.#changed = changed;
  }

  get state(): Exclude<AppStatus['state'], 'none'> {
    return this.#state;
  }

  get status(): AppStatus {
    return { state: this.#state, version: this.version.n, problem: this.#problem };
  }

  get target(): Target | null {
    return this.#state === 'serving' ? (this.#app?.target ?? null) : null;
  }

  /** Whether somebody has had it started. */
  get isBegun(): boolean {
    return this.#started !== null;
  }

  /** Bytes of memory that it uses now. */
  get memory(): number {
    const apps = [...(this.target && this.#app ? [this.#app] : []), ...this.#left.map(({ app }) => app)];
    return apps.reduce((sum, app) => sum + app.memory(), 0);
  }

  /** From now on it is started again when it ends by itself. */
  keep(): void {
    this.#kept = true;
  }

  /**
   * Starts it, once, however often it is called. Resolves when it serves, also where it has crashed since and is started again.
   *
   * @throws ProblemError when it has failed for good; the reason of `stop` when it was stopped.
   */
  async start(): Promise<void> {
    this.#started ??= new Promise((resolve, reject) => {
      this.#ended = this.#run(resolve, reject).catch(reject);
    });
    await this.#started;
    const { signal } = this.#stopped;
    while (this.#state !== 'serving') {
      if (this.#problem && this.#state === 'failed') {
        throw ProblemError.of(this.#problem);
      }
      await untilAborted(new Promise<void>(resolve => this.#waiting.push(resolve)), signal);
      signal.throwIfAborted();
    }
  }

  /** Stops all its processes. Safe to call twice. */
  async stop(): Promise<void> {
    this.#stopped.abort(
      new ProblemError('server_stopped', 'The app was stopped.', { fix: 'Start the dashboard, or publish again.' })
    );
    await this.#app?.stop();
    await Promise.all([this.#ended, ...this.#left.map(({ ended }) => ended)]);
    this.log.close();
  }

  /** Once, and not while its viewers wait for it. */
  async #sayWhatChanged(): Promise<void> {
    if (this.version.builtWith && !this.#isCompared) {
      this.#isCompared = true;
      const installed = await installedFor(this.version.framework, this.#around);
      changesSince(this.version, installed).forEach(line => this.log.add(line));
    }
  }

  async #run(serving: () => void, failed: (error: unknown) => void): Promise<void> {
    const watch = this.#around.watchFiles?.(this.version) ?? null;
    try {
      // What is changed while the app reads its files is seen as well.
      if (watch) {
        void watch.lost.then(why =>
          this.log.add(`Changes of files are not noticed any longer (${why}): update the dashboard to have them shown.`)
        );
        await untilAborted(watch.begun, this.#stopped.signal);
      }
      await this.#keepRunning(watch, serving, failed);
    } finally {
      watch?.close();
    }
  }

  async #keepRunning(watch: FilesWatch | null, serving: () => void, failed: (error: unknown) => void): Promise<void> {
    const signal = this.#stopped.signal;
    for (;;) {
      try {
        const app = await this.#startApp();
        this.#set('serving', null);
        serving();
        void this.#sayWhatChanged();
        const exit = await this.#follow(app, watch);
        // What the first process has left behind would hold files and memory.
        await this.#app?.stop();
        signal.throwIfAborted();
        throw exitProblem(frameworkOf(this.version.framework), this.#around.python, exit, this.log.lines);
      } catch (error) {
        signal.throwIfAborted();
        const problem = problemOf(error);
        this.log.add(problem.message);
        const pause = this.#kept && !FINAL.has(problem.code) ? this.#restarts.crashed() : null;
        if (pause !== null) {
          this.#set('restarting', problem);
          await delay(pause, undefined, { signal }).catch(() => signal.throwIfAborted());
          continue;
        }
        this.#set('failed', problem);
        failed(error);
        if (!watch || !this.#kept) {
          return;
        }
        // Its author is probably mending it.
        await untilAborted(watch.changed(), signal);
        signal.throwIfAborted();
        this.#set('starting', null);
      }
    }
  }

  /** An app that `stop` ends from now on, also where it has come too late for that. */
  async #startApp(): Promise<App> {
    const signal = this.#stopped.signal;
    const app = await startApp(this.#around, this.version, this.log, signal);
    if (signal.aborted) {
      await app.stop();
      signal.throwIfAborted();
    }
    this.#app = app;
    return app;
  }

  /** How the app has ended. Where its files change meanwhile, another one takes its place. */
  async #follow(first: App, watch: FilesWatch | null): Promise<Exit> {
    const renewals = createRenewals(() => performance.now());
    let told = false;
    for (let app = first; ; app = await this.#renewed(app)) {
      renewals.started();
      const exit = await Promise.race([app.exited, ...(watch ? [watch.changed()] : [])]);
      if (exit) {
        return exit;
      }
      const pause = renewals.changed();
      if (pause > 0) {
        if (!told) {
          this.log.add(CHANGED_AGAIN);
        }
        told = true;
        const early = await Promise.race([app.exited, delay(pause, undefined, { signal: this.#stopped.signal })]);
        if (early) {
          return early;
        }
      }
    }
  }

  /** An app with the files as they are now, in place of the old one; the old one where that does not start. */
  async #renewed(old: App): Promise<App> {
    const signal = this.#stopped.signal;
    this.log.add('Files have been changed: the app is started with them.');
    try {
      const fresh = await this.#startApp();
      // The next change is not to wait for it.
      this.#leave(old);
      return fresh;
    } catch (error) {
      signal.throwIfAborted();
      this.log.add(problemOf(error).message);
      this.log.add('Viewers have the app as it was before, until files are changed again.');
      return old;
    }
  }

  #leave(app: App): void {
    const enough = new AbortController();
    const signal = AbortSignal.any([this.#stopped.signal, enough.signal]);
    const ended = this.#around
      .left(app.target, signal)
      .then(() => app.stop())
      .catch((error: unknown) => this.log.add(problemOf(error).message))
      .finally(() => this.#left.splice(this.#left.indexOf(one), 1));
    const one: LeftApp = { app, enough, ended };
    this.#left.push(one);
    if (this.#left.length > MOST_LEFT) {
      this.#left[0]?.enough.abort();
    }
  }

  #set(state: Exclude<AppStatus['state'], 'none'>, problem: Problem | null): void {
    this.#state = state;
    this.#problem = problem;
    this.#waiting.splice(0).forEach(tell => tell());
    this.#changed();
  }
}

import { setTimeout as delay } from 'node:timers/promises';

import type { AppStatus, BuildJob, RunnableVersion, RunnerState, StoredVersions } from '../contract';

import { versionOf } from './builds/build';
import { startBuild, type CurrentBuild } from './builds/current-build';
import { PushDesk } from './storage/relay/push-desk';
import type { Engine, EngineEvent, EngineOptions, Progress, Target, VisitedVersion } from './engine';
import { strategyOf, tidyStorage } from './storage/strategies';
import { problemOf, systemCode } from '../problem-error';
import { ProgressBoard } from './supervisor/progress-board';
import type { AppSurroundings } from './supervisor/app';
import { MemoryGuard } from './supervisor/memory-guard';
import { endOrphans } from './supervisor/process-tree';
import { createRedaction } from './supervisor/redact';
import type { RunningVersion } from './supervisor/running-version';
import { RunningVersions } from './supervisor/running-versions';
import { DEFAULT_TIMING, type EngineTiming } from './supervisor/timing';
import { VisitedVersions } from './supervisor/visited-versions';
import { placesOf } from '../files/places';
import { sweep } from './versions/remove';
import { takeOver, type TakenOver } from './versions/take-over';
import { DEFAULT_LIMITS } from '../files/limits';
import { storedVersions } from './versions/stored';
import { Tidier } from './versions/tidier';

/** An engine that keeps versions in the author's home and runs their apps as its own children. */
export function createEngine(options: EngineOptions): Engine {
  return new RunnerEngine(options);
}

/** Left for files when all processes have ended. */
const STOP_MS = 500;

const NOTHING: AppStatus = { state: 'none', version: null, problem: null };

class RunnerEngine implements Engine {
  readonly #options: EngineOptions;
  readonly #around: AppSurroundings;
  readonly #timing: EngineTiming;
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  readonly #running: RunningVersions;
  /** Jobs done, told or given up: a state that still names one was on its way already. */
  readonly #done = new Set<string>();
  readonly #board: ProgressBoard;
  readonly #visited: VisitedVersions;
  readonly #tidier: Tidier;
  readonly #memory: MemoryGuard;
  /** Earlier runners' leftovers are gone, or it is said that they are not. */
  readonly #ready: Promise<void>;
  readonly #takenOver: TakenOver | null;
  #wanted: RunnerState | null = null;
  /** What is wanted was so at an earlier start: there may be newer versions. */
  #isRemembered = false;
  #live: RunningVersion | null = null;
  #build: CurrentBuild | null = null;
  /** The live version while it has made room for a new one. */
  #suspended: RunningVersion | null = null;
  /** A version that was proved and waits for the service's word; it belongs to nobody else meanwhile. */
  #awaited: { version: number; revision: number } | null = null;
  #stored: StoredVersions | null = null;
  #told: AppStatus = NOTHING;
  #stopped = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#timing = { ...DEFAULT_TIMING, ...options.timing };
    const { prefix, dashboardId, python, home, environment, additions, headStart } = options;
    const { dashboard } = placesOf(home, dashboardId);
    this.#takenOver = options.startId === undefined ? null : takeOver(dashboard, options.startId);
    const places = { ...placesOf(home, dashboardId), ...(this.#takenOver && { others: this.#takenOver }) };
    const { readyMs, killMs } = this.#timing;
    this.#around = {
      ...{ places, dashboardId, prefix, python, home, environment, additions, headStart, readyMs, killMs },
      permit: async version => strategyOf(version).permit?.(version.n, places, home, options.allowed ?? {}),
      left: (target, signal) => options.appLeft(target, signal),
      watchFiles: version => strategyOf(version).watch?.(version, places, home) ?? null,
      unpublished: (version, folder) =>
        strategyOf(version).unpublished?.(folder, home, places.manifest(version.n)) ?? null
    };
    this.#memory = new MemoryGuard(() => this.#live?.memory ?? 0, options.memoryRoom);
    this.#running = new RunningVersions({
      around: this.#around,
      drains: {
        quietMs: this.#timing.drainQuietMs,
        mostMs: this.#timing.drainMs,
        transferMs: this.#timing.transferMs,
        connections: n => options.connections(n),
        idle: n => options.idle(n),
        sendAway: n => options.sendAway(n),
        cutOff: n => options.cutOff(n)
      },
      redact: createRedaction(options.secrets),
      keepLine: (n, line) => options.keepLine(n, line),
      needed: n => this.#needed(n),
      changed: n => {
        this.#statusChanged();
        this.#tellVisitors(n);
      },
      printed: n => this.#tellVisitors(n),
      retired: () => this.#tidy()
    });
    this.#visited = new VisitedVersions({
      idleMs: this.#timing.idleMs,
      idle: n => (this.#running.get(n)?.state === 'starting' ? 0 : options.idle(n)),
      failed: n => this.#running.get(n)?.state === 'failed',
      shortage: () => this.#memory.problem,
      start: version => this.#startVisited(version),
      changed: () => this.#running.retireUnneeded()
    });
    this.#board = new ProgressBoard(progress => this.#emit({ kind: 'progress', progress }));
    // Whatever fails, no build begins before all have ended: what it makes could be taken for a leftover.
    this.#ready = Promise.allSettled([
      endOrphans(dashboardId, headStart?.marker),
      sweep(places),
      ...tidyStorage(places.dashboard)
    ]).then(ended => {
      for (const one of ended) {
        if (one.status === 'rejected') {
          const why = systemCode(one.reason) ?? problemOf(one.reason).message;
          this.#board.line(`Not all that an earlier run has left could be removed (${why}).`);
        }
      }
    });
    this.#tidier = new Tidier(places, this.#ready, line => this.#board.line(line));
  }

  apply(state: RunnerState, remembered = false): void {
    if (this.#stopped || (this.#wanted && state.revision < this.#wanted.revision)) {
      return;
    }
    if (!this.#wanted && this.#takenOver?.again) {
      // The service says what there is to build, if there still is.
      state = { ...state, job: null };
      remembered = true;
    }
    if (!this.#wanted) {
      void storedVersions(this.#around.places, state.kept).then(stored => (this.#stored = stored));
    }
    this.#wanted = state;
    this.#isRemembered = remembered;
    if (this.#awaited && state.revision > this.#awaited.revision) {
      this.#awaited = null;
    }
    this.#followJob();
    this.#followLive();
    this.#visited.follow(state.visited ?? []);
    this.#running.retireUnneeded();
    this.#tidy();
  }

  target(n: number): Target | null {
    // What a stopped dashboard builds is asked by its check alone.
    return this.#wanted?.stopped || this.#running.closed(n) ? null : (this.#running.get(n)?.target ?? null);
  }

  live(): number | null {
    return (this.#live ?? this.#onTrial())?.version.n ?? null;
  }

  status(): AppStatus {
    return this.#live?.status ?? NOTHING;
  }

  progress(): Progress {
    return this.#board.progress;
  }

  stored(): StoredVersions | null {
    return this.#stored;
  }

  visited(n: number): VisitedVersion | null {
    const visit = this.#visited.get(n);
    const running = this.#running.get(n);
    const { problem } = visit ?? {};
    const status: AppStatus = problem
      ? { state: 'failed', version: n, problem }
      : (running?.status ?? { state: 'starting', version: n, problem: null });
    if (!visit) {
      return null;
    }
    return {
      status,
      // Secrets are taken out of them each time, and few who ask want them.
      get lines() {
        return running?.log.lines ?? [];
      }
    };
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#options.headStart?.end();
    this.#visited.close();
    this.#build?.abandon();
    await this.#running.stop();
    // Removing the files of an unfinished build may take longer; the next start goes on with it.
    await Promise.race([this.#build?.ended, delay(STOP_MS, undefined, { ref: false })]);
    this.#board.close();
  }

  #emit(event: EngineEvent): void {
    for (const listener of this.#listeners) {
      listener(event);
    }
  }

  #statusChanged(): void {
    const status = this.status();
    if (JSON.stringify(status) !== JSON.stringify(this.#told)) {
      this.#told = status;
      this.#emit({ kind: 'status', status });
    }
  }

  #followJob(): void {
    const job = this.#wanted?.job ?? null;
    if (this.#build) {
      if (this.#build.job.id !== job?.id) {
        this.#build.cancel();
      }
      // The next job is looked for when this one has ended.
      return;
    }
    if (!job || this.#done.has(job.id)) {
      return;
    }
    const present = this.#running.get(versionOf(job));
    const build = startBuild({
      job,
      around: this.#around,
      allowed: this.#options.allowed ?? {},
      git: this.#options.git ?? { hosts: null, credential: async () => null },
      timing: this.#timing,
      limits: this.#options.limits ?? DEFAULT_LIMITS,
      pushes: this.#options.pushes ?? new PushDesk(),
      reports: this.#options.reports,
      ready: this.#readyFor(job),
      prepare: version => this.#running.prepare(version),
      makeRoom: (n, tell) => this.#makeRoom(n, tell),
      firstPage: async (n, signal) => {
        if (this.live() === n) {
          await this.#options.firstPage(n, signal);
        }
      },
      dismiss: n => this.#dismissFailed(n, present),
      stage: stage => this.#board.stage(build.version, stage),
      line: line => this.#board.line(line),
      succeeded: n => {
        this.#awaited = { version: n, revision: this.#wanted?.revision ?? 0 };
        this.#running.get(n)?.keep();
        this.#done.add(job.id);
      }
    });
    this.#build = build;
    this.#board.begin(build.version);
    void build.ended.then(() => this.#buildEnded(build));
  }

  /** A number that is used again, as after a restored backup, may have an app still: it is none of what is published now. */
  async #readyFor(job: BuildJob): Promise<void> {
    await this.#ready;
    if (job.kind === 'publish' && this.#running.get(job.n)) {
      await this.#running.dismiss(job.n);
    }
  }

  #buildEnded(build: CurrentBuild): void {
    this.#done.add(build.job.id);
    this.#build = null;
    this.#options.headStart?.end();
    if (this.#stopped) {
      return;
    }
    this.#board.end();
    this.#resume();
    this.#followJob();
    this.#followLive();
    this.#running.retireUnneeded();
    this.#tidy();
  }

  /** Makes the wanted version the live one: at once where it answers or nothing else does, else as soon as it does. */
  #followLive(): void {
    const wanted = this.#wanted?.live ?? null;
    if (!wanted) {
      this.#switchTo(null);
      return;
    }
    if (this.#live && this.#live === this.#running.get(wanted.n) && !this.#waitsInVain(this.#live)) {
      return;
    }
    const running = this.#running.prepare(wanted);
    running.keep();
    if (running.target || !this.#live?.target) {
      this.#switchTo(running);
    }
    if (running.state === 'starting' && this.#build?.version !== wanted.n) {
      this.#start(running);
    }
  }

  /** A build was to start it, and has ended before. */
  #waitsInVain(running: RunningVersion): boolean {
    return !running.isBegun && running !== this.#suspended && this.#build?.version !== running.version.n;
  }

  #start(running: RunningVersion): void {
    const { n } = running.version;
    const shown = !this.#build;
    if (shown) {
      this.#board.begin(n);
      this.#board.stage(n, 'start');
    }
    const stopListening = running.log.listen(line => shown && this.#board.line(line));
    const settled = () => {
      stopListening();
      if (shown && !this.#build && !this.#stopped) {
        this.#board.end();
      }
      if (this.#wanted?.live?.n === n && !this.#stopped) {
        this.#switchTo(running);
        this.#running.retireUnneeded();
      }
    };
    void this.#ready.then(() => running.start()).then(settled, settled);
  }

  #switchTo(running: RunningVersion | null): void {
    this.#live = running;
    this.#statusChanged();
  }

  /**
   * A first version is shown while it is being checked: there is no better one to protect. That of a stopped dashboard has
   * one, and nobody sees either.
   */
  #onTrial(): RunningVersion | null {
    const first = !this.#wanted?.live && !this.#wanted?.stopped;
    return this.#build && first ? this.#running.get(this.#build.version) : null;
  }

  #tellVisitors(n: number): void {
    if (this.#visited.get(n)) {
      this.#emit({ kind: 'visited', version: n });
    }
  }

  #startVisited(version: RunnableVersion): void {
    const running = this.#running.prepare(version);
    running.keep();
    if (running.state === 'starting' && this.#build?.version !== version.n) {
      // What becomes of it shows in its state.
      void this.#ready.then(() => running.start()).catch(() => undefined);
    }
  }

  /** Sees to it that version `n` fits into memory beside what runs, or instead of it. */
  async #makeRoom(n: number, tell: (line: string) => void): Promise<void> {
    const live = this.#live;
    if (!live || live.version.n === n || this.#running.get(n)?.target || this.#memory.shortage === null) {
      return;
    }
    const unneeded = this.#visited.yield().filter(idle => !this.#needed(idle));
    await Promise.all(unneeded.map(idle => this.#running.dismiss(idle)));
    if (this.#memory.shortage !== null) {
      // Those who look at the live version are more, and it is what they are to see.
      await this.#running.dismissUnneeded();
    }
    const limit = this.#memory.shortage;
    if (limit === null || this.#live !== live) {
      return;
    }
    tell(MemoryGuard.madeRoom(limit, live.version.n, n));
    const ended = this.#running.dismiss(live.version.n);
    // In its place stands one that waits to be started again, should the new one fail.
    this.#suspended = this.#running.prepare(live.version);
    this.#suspended.keep();
    this.#switchTo(this.#suspended);
    await ended;
  }

  /** Starts the version again that had to make room for a build which did not take its place. */
  #resume(): void {
    const waiting = this.#suspended;
    this.#suspended = null;
    if (waiting && waiting === this.#live && this.#wanted?.live?.n === waiting.version.n) {
      this.#start(waiting);
    }
  }

  /**
   * Ends what a build has started in vain. A version that was live or looked at before goes on, whatever became of the job
   * that was to make it live: people may work with it.
   *
   * @param present - the version's app when the build began.
   */
  async #dismissFailed(n: number, present: RunningVersion | null): Promise<void> {
    if (this.#live?.version.n !== n && !(present && this.#running.get(n) === present)) {
      await this.#running.dismiss(n);
    }
  }

  #needed(n: number): boolean {
    const wanted = this.#wanted;
    return (
      n === this.#live?.version.n ||
      n === wanted?.live?.n ||
      n === this.#build?.version ||
      n === this.#awaited?.version ||
      this.#visited.wants(n)
    );
  }

  /** Removes the files of versions that are no longer kept. */
  #tidy(): void {
    this.#tidier.run(n => {
      const idle = !this.#stopped && !this.#build && !this.#running.has(n) && !this.#needed(n);
      return idle && !this.#isRemembered && this.#wanted !== null && !this.#wanted.kept.includes(n);
    });
  }
}

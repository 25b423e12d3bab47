import type { AppStatus, RunnerState, StoredVersions } from '../../contract';
import type { Engine, EngineEvent, EngineOptions, Progress, Target, VisitedVersion } from '../engine';

/** An engine whose every word a test decides. */
export class ScriptedEngine implements Engine {
  options: EngineOptions | null = null;
  readonly applied: RunnerState[] = [];
  readonly targets = new Map<number, Target>();
  readonly visits = new Map<number, VisitedVersion>();
  liveVersion: number | null = null;
  storedVersions: StoredVersions | null = null;
  stopped = false;
  #status: AppStatus = { state: 'none', version: null, problem: null };
  #progress: Progress = { version: null, stage: null, lines: [] };
  readonly #listeners = new Set<(event: EngineEvent) => void>();

  /** Makes version `n` live, its app listening at `port`. */
  serve(n: number, port: number): void {
    this.targets.set(n, { host: '127.0.0.1', port });
    this.liveVersion = n;
    this.tellStatus({ state: 'serving', version: n, problem: null });
  }

  tellStatus(status: AppStatus): void {
    this.#status = status;
    this.#listeners.forEach(listener => listener({ kind: 'status', status }));
  }

  tellProgress(progress: Progress): void {
    this.#progress = progress;
    this.#listeners.forEach(listener => listener({ kind: 'progress', progress }));
  }

  tellVisited(n: number, visit: VisitedVersion | null): void {
    if (visit) {
      this.visits.set(n, visit);
    } else {
      this.visits.delete(n);
    }
    this.#listeners.forEach(listener => listener({ kind: 'visited', version: n }));
  }

  apply(state: RunnerState): void {
    this.applied.push(state);
  }

  target(n: number): Target | null {
    return this.targets.get(n) ?? null;
  }

  live(): number | null {
    return this.liveVersion;
  }

  status(): AppStatus {
    return this.#status;
  }

  stored(): StoredVersions | null {
    return this.storedVersions;
  }

  visited(n: number): VisitedVersion | null {
    return this.visits.get(n) ?? null;
  }

  progress(): Progress {
    return this.#progress;
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.stopped = true;
  }
}

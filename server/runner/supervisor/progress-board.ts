import { LIMITS, type BuildState } from '../../contract';
import type { Progress } from '../engine';

const MAX_LINES = 500;
/** A talkative app does not make as many events as lines. */
const PAUSE_MS = 100;

/** What the progress page shows. */
export class ProgressBoard {
  readonly #changed: (progress: Progress) => void;
  #version: number | null = null;
  #stage: BuildState | null = null;
  #lines: string[] = [];
  #timer: NodeJS.Timeout | null = null;

  /** @param changed - told of news, not more often than a person can see. */
  constructor(changed: (progress: Progress) => void) {
    this.#changed = changed;
  }

  get progress(): Progress {
    return { version: this.#version, stage: this.#stage, lines: [...this.#lines] };
  }

  /** A build or start of version `n` begins; the lines of the one before go. */
  begin(n: number): void {
    this.#version = n;
    this.#stage = null;
    this.#lines = [];
    this.#tell(0);
  }

  stage(n: number, stage: BuildState): void {
    this.#version = n;
    this.#stage = stage;
    this.#tell(0);
  }

  line(line: string): void {
    this.#lines.push(line.slice(0, LIMITS.logLine));
    if (this.#lines.length > MAX_LINES) {
      this.#lines.shift();
    }
    this.#tell(PAUSE_MS);
  }

  /** Nothing is under way any more; the lines stay until something is. */
  end(): void {
    this.#version = null;
    this.#stage = null;
    this.#tell(0);
  }

  close(): void {
    if (this.#timer) {
      clearTimeout(this.#timer);
    }
  }

  #tell(ms: number): void {
    if (ms === 0) {
      this.close();
      this.#timer = null;
      this.#changed(this.progress);
    } else {
      this.#timer ??= setTimeout(() => {
        this.#timer = null;
        this.#changed(this.progress);
      }, ms).unref();
    }
  }
}

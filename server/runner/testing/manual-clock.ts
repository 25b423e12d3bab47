import type { Clock } from '../clock';

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #time: number;
  #timers: { at: number; task: () => void }[] = [];

  constructor(time = Date.UTC(2030, 0, 1)) {
    this.#time = time;
  }

  now(): number {
    return this.#time;
  }

  after(ms: number, task: () => void): () => void {
    const timer = { at: this.#time + ms, task };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter(other => other !== timer);
    };
  }

  /** Number of timers that wait. */
  get waiting(): number {
    return this.#timers.length;
  }

  /** Lets `ms` pass and runs what has come due, in its order. */
  advance(ms: number): void {
    const end = this.#time + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
      if (next === undefined) {
        break;
      }
      this.#timers = this.#timers.filter(timer => timer !== next);
      this.#time = Math.max(this.#time, next.at);
      next.task();
    }
    this.#time = end;
  }
}

import { grouped } from '../../grouped';

/** A person reads less, and a program that prints without end must cost nobody anything. */
const WINDOW_MS = 5_000;
const LINES = 1_000;
/** The end of what was too much is what tells why a program has stopped. */
const NEWEST = 100;

/**
 * Passes on so many lines in a stretch of time. Of what comes above that, it passes on the newest lines when the time is
 * over or the program has ended, and before them one line that says how many are missing.
 */
export class LineGate {
  readonly #pass: (line: string) => void;
  #begun = Number.NEGATIVE_INFINITY;
  #passed = 0;
  #missing = 0;
  #held: string[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(pass: (line: string) => void) {
    this.#pass = pass;
  }

  push(line: string): void {
    // While lines are held back, it is the timer that ends the stretch.
    if (this.#timer === null && performance.now() - this.#begun >= WINDOW_MS) {
      this.#begin();
    }
    if (this.#passed < LINES) {
      this.#passed += 1;
      this.#pass(line);
      return;
    }
    this.#held.push(line);
    if (this.#held.length > NEWEST) {
      this.#held.shift();
      this.#missing += 1;
    }
    this.#timer ??= setTimeout(() => this.flush(), this.#begun + WINDOW_MS - performance.now()).unref();
  }

  /** Passes on what is held back. */
  flush(): void {
    if (this.#timer !== null) {
      clearTimeout(this.#timer);
      this.#timer = null;
    }
    if (this.#missing > 0) {
      const rate = LINES / (WINDOW_MS / 1_000);
      this.#pass(`[${grouped(this.#missing)} lines left out here: more than ${rate} a second were printed]`);
    }
    const held = this.#held;
    this.#held = [];
    this.#missing = 0;
    this.#begin();
    this.#passed = held.length;
    held.forEach(line => this.#pass(line));
  }

  #begin(): void {
    this.#begun = performance.now();
    this.#passed = 0;
  }
}

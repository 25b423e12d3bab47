import { plainText } from '../../frameworks/log-text';
import { LineGate } from './line-gate';

/** Newest lines kept in memory. */
const REMEMBERED = 500;

export interface AppLogOptions {
  /** Takes secrets out of a line. */
  redact(line: string): string;
  /** Keeps the lines of the app. */
  keeper(line: string): void;
}

/** What an app and its runner say about it: the newest lines in memory, each line to one keeper, and to who listens. */
export class AppLog {
  readonly #redact: (line: string) => string;
  readonly #listeners = new Set<(line: string) => void>();
  readonly #gate = new LineGate(line => this.#pass(line));
  #raw: string[] = [];
  #keeper: (line: string) => void;

  constructor({ redact, keeper }: AppLogOptions) {
    this.#redact = redact;
    this.#keeper = keeper;
  }

  /** Newest last; also those that were too many for the keeper. */
  get lines(): readonly string[] {
    return this.#raw.slice(-REMEMBERED).map(line => this.#clean(line));
  }

  add(text: string): void {
    this.#raw.push(text);
    // Moved together rarely: a program may print a million lines.
    if (this.#raw.length >= 2 * REMEMBERED) {
      this.#raw = this.#raw.slice(-REMEMBERED);
    }
    this.#gate.push(text);
  }

  /** Listens to further lines; the result ends that. */
  listen(listener: (line: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** From now on, and until the result is called, `keeper` keeps the lines, and nobody else. */
  divert(keeper: (line: string) => void): () => void {
    this.#gate.flush();
    const usual = this.#keeper;
    this.#keeper = keeper;
    return () => {
      this.#gate.flush();
      this.#keeper = usual;
    };
  }

  /** Passes on what is still held back. */
  close(): void {
    this.#gate.flush();
  }

  #pass(line: string): void {
    const clean = this.#clean(line);
    this.#keeper(clean);
    for (const listener of this.#listeners) {
      listener(clean);
    }
  }

  #clean(line: string): string {
    return this.#redact(plainText(line));
  }
}

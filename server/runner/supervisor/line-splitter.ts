import { StringDecoder } from 'node:string_decoder';

import { LIMITS } from '../../contract';

/** Makes lines of bytes as they arrive. Too long lines are cut, and carriage returns of progress bars end a line. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #line: (line: string) => void;
  #rest = '';
  /** The rest of a line that was cut is thrown away. */
  #skipping = false;

  constructor(line: (line: string) => void) {
    this.#line = line;
  }

  push(chunk: Buffer): void {
    const parts = this.#decoder.write(chunk).split(/\r\n|\n|\r/);
    parts.forEach((part, i) => {
      if (!this.#skipping) {
        this.#rest += part;
      }
      if (i < parts.length - 1) {
        this.flush();
      } else if (this.#rest.length > LIMITS.logLine) {
        this.flush();
        this.#skipping = true;
      }
    });
  }

  /** Gives out what has no line end yet. */
  flush(): void {
    if (!this.#skipping && this.#rest !== '') {
      const long = this.#rest.length > LIMITS.logLine;
      this.#line(long ? `${this.#rest.slice(0, LIMITS.logLine - 1)}…` : this.#rest);
    }
    this.#rest = '';
    this.#skipping = false;
  }
}

import { drain, type DrainTimes } from './drain';

export interface DrainsOptions extends DrainTimes {
  /** Open connections to version `n`. */
  connections(n: number): number;
  /** For how many ms nobody has used version `n`. */
  idle(n: number): number;
  /** Ends what would go on for ever: nobody is let in to version `n` any more. */
  sendAway(n: number): void;
  cutOff(n: number): void;
}

interface Drain {
  /** Aborted when the version is needed again. */
  needed: AbortController;
  /** Nobody is let in any more. */
  closed: boolean;
}

/** Old versions that wait until nobody uses them any more. */
export class Drains {
  readonly #options: DrainsOptions;
  readonly #underWay = new Map<number, Drain>();

  constructor(options: DrainsOptions) {
    this.#options = options;
  }

  has(n: number): boolean {
    return this.#underWay.has(n);
  }

  /** Whether version `n` lets nobody in any more, and only ends what has begun. */
  closed(n: number): boolean {
    return this.#underWay.get(n)?.closed ?? false;
  }

  /** Numbers of all of them. */
  versions(): number[] {
    return [...this.#underWay.keys()];
  }

  /** Resolves with true when version `n` may be stopped, with false when it is needed again. */
  async wait(n: number): Promise<boolean> {
    const { connections, idle, sendAway, cutOff, quietMs, mostMs, transferMs } = this.#options;
    const one: Drain = { needed: new AbortController(), closed: false };
    this.#underWay.set(n, one);
    const unused = await drain({
      quietMs,
      mostMs,
      transferMs,
      connections: () => connections(n),
      idle: () => idle(n),
      close() {
        one.closed = true;
        sendAway(n);
      },
      cutOff: () => cutOff(n),
      signal: one.needed.signal
    });
    this.#underWay.delete(n);
    return unused;
  }

  /** Version `n`, or any version, is needed again. */
  end(n?: number): void {
    for (const [number, one] of this.#underWay) {
      if (n === undefined || number === n) {
        one.closed = false;
        one.needed.abort();
      }
    }
  }
}

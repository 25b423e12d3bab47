import { drain, type DrainInput } from './drain';

export interface DrainsOptions extends Pick<DrainInput, 'leastMs' | 'mostMs'> {
  /** Open connections to version `n`. */
  connections(n: number): number;
  cutOff(n: number): void;
}

/** Old versions that wait until nobody uses them any more. */
export class Drains {
  readonly #options: DrainsOptions;
  readonly #underWay = new Map<number, AbortController>();

  constructor(options: DrainsOptions) {
    this.#options = options;
  }

  has(n: number): boolean {
    return this.#underWay.has(n);
  }

  /** Resolves with true when version `n` may be stopped, with false when it is needed again. */
  async wait(n: number): Promise<boolean> {
    const { connections, cutOff, ...times } = this.#options;
    const needed = new AbortController();
    this.#underWay.set(n, needed);
    const unused = await drain({
      ...times,
      connections: () => connections(n),
      cutOff: () => cutOff(n),
      signal: needed.signal
    });
    this.#underWay.delete(n);
    return unused;
  }

  /** Version `n`, or any version, is needed again. */
  end(n?: number): void {
    for (const [one, needed] of this.#underWay) {
      if (n === undefined || one === n) {
        needed.abort();
      }
    }
  }
}

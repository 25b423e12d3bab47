/** Delays that double up to `longest`, each shortened by up to a half at random so that clients do not come in step. */
export class Backoff {
  #next: number;

  constructor(
    private readonly first = 500,
    private readonly longest = 15_000,
    private readonly random: () => number = Math.random
  ) {
    this.#next = first;
  }

  /** The next delay in ms. */
  delay(): number {
    const delay = this.#next * (0.5 + this.random() / 2);
    this.#next = Math.min(this.#next * 2, this.longest);
    return delay;
  }

  /** Things went well: begins anew. */
  reset(): void {
    this.#next = this.first;
  }
}

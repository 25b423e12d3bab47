/** Runs tasks side by side, at most `size` of them; the first failure is kept for `done()` and for the next `add()`. */
export class Pool {
  readonly #size: number;
  readonly #running = new Set<Promise<void>>();
  /** Those who wait for room. */
  readonly #waiting: (() => void)[] = [];
  #failure: { error: unknown } | null = null;

  constructor(size: number) {
    this.#size = size;
  }

  /** Starts a task; waits first while there is no room. Rejects without having started it after a failure. */
  async add(task: () => Promise<void>): Promise<void> {
    while (this.#running.size >= this.#size) {
      // A race would leave something with the longest task each time.
      await new Promise<void>(resolve => this.#waiting.push(resolve));
    }
    if (this.#failure) {
      throw this.#failure.error;
    }
    const run = task()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#running.delete(run);
        this.#waiting.shift()?.();
      });
    this.#running.add(run);
  }

  /** Waits for all tasks, also after a failure. */
  async idle(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** Waits for all tasks and throws the first failure. */
  async done(): Promise<void> {
    await this.idle();
    if (this.#failure) {
      throw this.#failure.error;
    }
  }
}

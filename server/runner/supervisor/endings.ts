import type { RunningVersion } from './running-version';

/** Apps that are being ended: nobody gets one of them any more, but some things wait for their end. */
export class Endings {
  readonly #underWay = new Map<Promise<void>, number>();

  /** Ends an app. Resolves when its processes are gone. */
  async end(running: RunningVersion): Promise<void> {
    const ended = running.stop();
    this.#underWay.set(ended, running.version.n);
    await ended.finally(() => this.#underWay.delete(ended));
  }

  /** Whether an app of version `n` is still there. */
  has(n: number): boolean {
    return [...this.#underWay.values()].includes(n);
  }

  /** Resolves when no app of version `n`, or of any version, is left of those that are being ended now. */
  async done(n?: number): Promise<void> {
    await Promise.all([...this.#underWay].filter(([, of]) => n === undefined || of === n).map(([ended]) => ended));
  }
}

import type { Places } from '../../files/places';
import { removeVersion, versionsOnDisk } from './remove';

/** Removes the files of versions, one after the other. */
export class Tidier {
  #last: Promise<void> = Promise.resolve();

  /** @param failed - told why something could not be removed; it is tried again by the next run. */
  constructor(
    private readonly places: Places,
    private readonly ready: Promise<void>,
    private readonly failed: (error: unknown) => void
  ) {}

  /** Removes all versions that may go, which is asked right before each. */
  run(mayGo: (n: number) => boolean): void {
    this.#last = this.#last
      .then(async () => {
        await this.ready;
        for (const n of await versionsOnDisk(this.places)) {
          if (mayGo(n)) {
            await removeVersion(this.places, n);
          }
        }
      })
      .catch(this.failed);
  }
}

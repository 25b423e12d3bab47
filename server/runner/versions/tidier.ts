import type { Places } from '../../files/places';
import { problemOf, systemCode } from '../../problem-error';
import { removeAllCondemned, removeVersion, versionsOnDisk } from './remove';

/** Removes the files of versions, one after the other. */
export class Tidier {
  #last: Promise<void> = Promise.resolve();
  /** What has been said already. */
  readonly #said = new Set<string>();

  /** @param failed - told, once, what could not be removed; it is tried again by each further run. */
  constructor(
    private readonly places: Places,
    private readonly ready: Promise<void>,
    private readonly failed: (line: string) => void
  ) {}

  /** Removes all versions that may go, which is asked right before each. One that stays keeps no other. */
  run(mayGo: (n: number) => boolean): void {
    this.#last = this.#last.then(async () => {
      await this.ready;
      await this.#try('Removed versions', () => removeAllCondemned(this.places));
      const versions = await versionsOnDisk(this.places).catch(() => []);
      for (const n of versions) {
        if (mayGo(n)) {
          await this.#try(`Version ${n}`, () => removeVersion(this.places, n));
        }
      }
    });
  }

  async #try(what: string, remove: () => Promise<void>): Promise<void> {
    try {
      await remove();
    } catch (error) {
      const line = `${what} could not be removed from the disk yet (${systemCode(error) ?? problemOf(error).message}).`;
      if (!this.#said.has(line)) {
        this.#said.add(line);
        this.failed(line);
      }
    }
  }
}

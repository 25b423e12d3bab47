import { inside } from '../../files/anchor';

/**
 * The open folder that this process stands in while it looks at many names: from there the kernel finds a name in half of
 * the time that it takes through `/proc`, as safely. A process stands in one folder: this is for a program that does nothing
 * else meanwhile.
 */
export class Standpoint {
  readonly #before = process.cwd();
  /** Its descriptor; null: none of those that are open now. */
  #folder: number | null = null;

  /** Path of a name in an open folder, for right now. `name` is a single component. */
  inside(folder: number, name: string): string {
    if (folder !== this.#folder) {
      process.chdir(inside(folder, '.'));
      this.#folder = folder;
    }
    return `./${name}`;
  }

  /** To be told whenever a folder has been opened: its descriptor may have been that of another one. */
  leave(): void {
    this.#folder = null;
  }

  /** Goes back to where the process stood before, for as long as nothing is looked at. */
  end(): void {
    process.chdir(this.#before);
    this.#folder = null;
  }
}

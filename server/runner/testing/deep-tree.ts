import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'x'.repeat(250);
/** As many such names as fit into a path. */
const LEVELS = 14;

/**
 * Puts a tree into a folder whose paths are longer than any call takes: who removes it by its paths fails, whatever their
 * rights are.
 */
export function makeUnremovable(folder: string): void {
  const chain = (top: string): string => {
    const deepest = join(folder, top, ...Array.from({ length: LEVELS }, () => NAME));
    mkdirSync(deepest, { recursive: true });
    return deepest;
  };
  const descriptor = openSync(chain('deep'), 'r');
  chain('deeper');
  renameSync(join(folder, 'deeper'), `/proc/self/fd/${descriptor}/deeper`);
  closeSync(descriptor);
}

/** Removes it after all: `rm` goes from folder to folder. */
export function removeByForce(folder: string): void {
  execFileSync('rm', ['-rf', folder]);
}

import { BadAddress } from './bad-address';

const LONGEST = 250;
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const PART_OF_COMMIT = /^[0-9a-f]{7,64}$/;

/** Whether it is the whole hash of a commit. */
export function isCommit(ref: string): boolean {
  return COMMIT.test(ref);
}

/** Whether it may be the beginning of a commit's hash, or the whole of it. */
export function mayBeCommit(ref: string): boolean {
  return PART_OF_COMMIT.test(ref);
}

/**
 * Checks the name of a branch or tag by git's own rules (git check-ref-format), or the hash of a commit. Empty: the branch
 * that the repository shows by itself.
 *
 * @throws BadAddress
 */
export function checkRef(ref: string): void {
  const parts = ref.split('/');
  const good =
    ref === '' ||
    (ref.length <= LONGEST &&
      // What git would read as an option, or as a rule how refs are written (+a:b).
      !/^[-+]/.test(ref) &&
      ref !== '@' &&
      !ref.includes('..') &&
      !ref.includes('@{') &&
      !/[\x00-\x20\x7f~^:?*[\\]/.test(ref) &&
      // Half a character of UTF-16 has no bytes of its own.
      !/[\ud800-\udfff]/u.test(ref) &&
      parts.every(part => part !== '' && !part.startsWith('.') && !part.endsWith('.lock')) &&
      !ref.endsWith('.'));
  if (!good) {
    throw new BadAddress(
      'This is no name of a branch or tag, and no commit.',
      'Write the name of a branch (main), of a tag (v1.2), or the hash of a commit; leave it empty for the usual branch.'
    );
  }
}

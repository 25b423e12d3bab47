import { randomBytes } from 'node:crypto';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';

/** Random text of `[a-z2-7]`: 5 bits for each character. */
export function randomId(length = 16): string {
  return Array.from(randomBytes(length), byte => LETTERS[byte & 31]).join('');
}

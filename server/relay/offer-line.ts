import { LONGEST_PATH } from '../contract/relay';
import { ProblemError } from '../problem-error';
import type { OfferedItem } from './offer';

/** No line is longer: names are limited, and so is what JSON makes of them. */
export const LONGEST_LINE = 16 * LONGEST_PATH;

export function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw malformed('a line is not JSON');
  }
}

/** Half a character has no UTF-8. */
const HALF = /\p{Surrogate}/u;
const NANOSECONDS = /^-?\d{1,20}$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** An item with a path that is good by itself. @throws ProblemError `invalid_request` */
export function itemOf(line: readonly unknown[]): OfferedItem {
  const item = shaped(line);
  checkPath(item.path);
  return item;
}

/** By hand: a project has many lines, and a schema takes ten times as long for each. */
function shaped(line: readonly unknown[]): OfferedItem {
  const [kind, path, ...more] = line;
  if (typeof path === 'string') {
    const [first, mtime, executable, sha256] = more;
    if (
      kind === 'f' &&
      Number.isSafeInteger(first) &&
      typeof first === 'number' &&
      first >= 0 &&
      isText(mtime, NANOSECONDS) &&
      typeof executable === 'boolean' &&
      isText(sha256, SHA256)
    ) {
      return { kind: 'file', path, size: first, mtime, executable, sha256 };
    }
    if (kind === 'd' && isText(first, NANOSECONDS)) {
      return { kind: 'folder', path, mtime: first };
    }
    if (kind === 'l' && isText(first, /^[^\0]+$/) && Buffer.byteLength(first) <= LONGEST_PATH && !HALF.test(first)) {
      return { kind: 'link', path, target: first };
    }
  }
  throw malformed('a line is no item');
}

function isText(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

const LONGEST_NAME = 255;

function checkPath(path: string): void {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (
    name === '' ||
    name === '.' ||
    name === '..' ||
    path.includes('\0') ||
    HALF.test(path) ||
    Buffer.byteLength(name) > LONGEST_NAME ||
    Buffer.byteLength(path) > LONGEST_PATH
  ) {
    throw malformed('a path is none');
  }
}

export function malformed(why: string): ProblemError {
  return new ProblemError('invalid_request', `The list of files that was sent cannot be used: ${why}.`, {
    fix: 'Restart your server to get the version of jupyterhub-dashboards that fits the hub, then publish again.'
  });
}

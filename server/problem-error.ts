import { constants } from 'node:os';

import { PASSING, type ErrorCode, type Problem } from './contract/errors';

/** Something a person has to be told: carries the problem as it goes over the wire. */
export class ProblemError extends Error {
  readonly problem: Problem;

  /** @param more - `retryable`: where this is another than most errors of its code. */
  constructor(
    code: ErrorCode,
    message: string,
    more: { fix: string; retryable?: boolean; left?: string; detail?: string; cause?: unknown }
  ) {
    super(message, { cause: more.cause });
    this.name = 'ProblemError';
    this.problem = {
      code,
      message: message.slice(0, 4_000),
      fix: more.fix.slice(0, 4_000),
      ...((more.retryable ?? PASSING.has(code)) && { retryable: true }),
      ...(more.left && { left: more.left }),
      ...(more.detail && { detail: more.detail.slice(-20_000) })
    };
  }

  /** The error of a problem that is known whole, as of one that another thread or process has found. */
  static of({ code, message, fix = '', retryable = false, ...more }: Problem, cause?: unknown): ProblemError {
    return new ProblemError(code, message, { fix, retryable, ...more, cause });
  }

  /** The same problem in other words; this is its cause. */
  inOtherWords(words: Partial<Pick<Problem, 'message' | 'fix'>>): ProblemError {
    return ProblemError.of({ ...this.problem, ...words }, this);
  }
}

/** What Node has no name for, and calls `UNKNOWN` or `Unknown system error -122`, by the numbers of the system. */
const UNNAMED = new Map((['EDQUOT', 'ESTALE'] as const).map(name => [-constants.errno[name], name] as const));

/** Code of a system error: `ENOENT`, …; undefined for everything else. */
export function systemCode(error: unknown): string | undefined {
  const { code, errno } = (typeof error === 'object' && error !== null ? error : {}) as {
    code?: unknown;
    errno?: unknown;
  };
  const unnamed = typeof errno === 'number' ? UNNAMED.get(errno) : undefined;
  return unnamed ?? (typeof code === 'string' ? code : undefined);
}

/** What to tell about any error. Texts of unexpected ones go into the detail, which only the owner sees. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) {
    return error.problem;
  }
  const code = systemCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return diskFull(error).problem;
  }
  return new ProblemError('internal', 'The dashboard’s runner met an error that it does not know.', {
    fix: 'Try again; if it happens again, show the detail to your administrator.',
    detail: error instanceof Error ? (error.stack ?? error.message) : String(error)
  }).problem;
}

export function diskFull(cause: unknown): ProblemError {
  return new ProblemError('disk_full', 'There is no room left for the files of this version.', {
    fix: 'Delete files in your home folder or old dashboards, then publish again.',
    cause
  });
}

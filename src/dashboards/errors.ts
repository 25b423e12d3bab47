import type { TranslationBundle } from '@jupyterlab/translation';

import type { ErrorCode, Problem } from '../../server/contract';

/** What went wrong, in words for a person, with the contract's code for programs. */
export class DashboardsError extends Error {
  readonly code: ErrorCode;
  /** What to do next. */
  readonly fix: string | undefined;
  /** What is left of a build. */
  readonly left: string | undefined;
  /** The failing lines. */
  readonly detail: string | undefined;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message, options);
    this.name = 'DashboardsError';
    this.code = problem.code;
    this.fix = problem.fix;
    this.left = problem.left;
    this.detail = problem.detail;
  }

  /** The same as a value of the contract, for views. */
  get problem(): Problem {
    return { code: this.code, message: this.message, fix: this.fix, left: this.left, detail: this.detail };
  }
}

/** Any thrown value as something that can be shown. */
export function toProblem(error: unknown, trans: TranslationBundle): Problem {
  if (error instanceof DashboardsError) {
    return error.problem;
  }
  return {
    code: 'internal',
    message: trans.__('Something unexpected happened in JupyterLab.'),
    fix: trans.__('Try again. If it happens again, reload the page and tell your administrator.'),
    detail: error instanceof Error ? error.message : String(error)
  };
}

/** Whether `error` only says that somebody called it off. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** Codes that a later attempt may not meet again. */
const PASSING: readonly ErrorCode[] = ['service_unavailable', 'hub_unavailable'];

/** Whether it is worth while to try again without having changed anything. */
export function isPassing({ code }: DashboardsError): boolean {
  return PASSING.includes(code);
}

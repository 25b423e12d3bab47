import type { ErrorCode, Problem } from '../contract';

/** A failure that a person is told about. `message` says what happened, `fix` what to do next. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';

  constructor(
    readonly code: ErrorCode,
    readonly status: number,
    message: string,
    readonly fix: string | undefined,
    readonly detail?: string,
    options?: { cause?: unknown }
  ) {
    super(message, options);
  }

  /** The same as it goes over the wire and into the database. */
  get problem(): Problem {
    return problem(this.code, this.message, this.fix, this.detail);
  }
}

/** The service cannot work while this lasts. `message` tells the administrator what is wrong and what to do. */
export class OutOfOrder extends Error {}

/** A problem as a failure that is answered with `status`. */
export function errorOf({ code, message, fix, detail }: Problem, status: number): ServiceError {
  return new ServiceError(code, status, message, fix, detail);
}

/** Builds a `Problem` within the limits of the contract, without empty fields. */
export function problem(code: ErrorCode, message: string, fix?: string, detail?: string): Problem {
  return {
    code,
    message: message.slice(0, 4_000),
    ...(fix ? { fix: fix.slice(0, 4_000) } : {}),
    ...(detail ? { detail: detail.slice(-20_000) } : {})
  };
}

/** The one answer for what does not exist and for what the caller may not see: nobody can tell them apart. */
export function notFound(): ServiceError {
  return new ServiceError(
    'not_found',
    404,
    'There is no such dashboard, or it is not shared with you.',
    'Check the link, or ask its owner to share it with you.'
  );
}

/** The same for builds. */
export function noSuchBuild(): ServiceError {
  return new ServiceError(
    'not_found',
    404,
    'There is no such build, or it is of a dashboard that is not yours.',
    'Take the id from the reply to the publish, or from "build" of the dashboard.'
  );
}

/** What went wrong, for a person, whatever was thrown. Unknown errors keep their text inside. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ServiceError) {
    return error.problem;
  }
  return problem(
    'internal',
    'Something went wrong inside the dashboards service.',
    'Try again; if it happens again, tell the administrator of this hub, who finds the reason in the log.'
  );
}

import { ServiceError } from '../../errors';

/** The API server will not do what it was asked, and would not do it the next time. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly status: number,
    /** As the server has it, for programs: `Invalid`, `Forbidden`. */
    readonly reason: string,
    message: string
  ) {
    super(message);
  }
}

/** Nobody answers, or not with what was asked for. */
export function kubernetesUnavailable(detail: string, cause?: unknown): ServiceError {
  return new ServiceError(
    'kubernetes_unavailable',
    503,
    'The Kubernetes API does not answer.',
    'Try again in a moment; if it lasts, tell the administrator of this hub.',
    detail,
    { cause }
  );
}

/** The account of the service lacks a right in its namespace. */
export function kubernetesForbidden(verb: string, resource: string, namespace: string, detail: string): ServiceError {
  return new ServiceError(
    'kubernetes_forbidden',
    503,
    `The dashboards service may not ${verb} ${resource} in the namespace ${namespace}.`,
    'Tell the administrator of this hub: `jupyterhub-dashboards values` prints the Role that it needs.',
    detail
  );
}

import { ServiceError } from '../errors';
import { refusalIn } from './cluster-words';
import { hubUnavailable, type HubAnswer } from './request';

/** Says in plain words why the Hub did not start a server. The Hub has sentences and no codes: they are recognised here. */
export function startFailure(owner: string, answer: HubAnswer): ServiceError {
  const { status, message } = answer;
  if (status === 400 && message.includes('maximum of')) {
    return new ServiceError(
      'server_limit',
      409,
      `${owner} has as many named servers as this hub allows.`,
      'Delete a dashboard or a named server that is no longer needed, or ask the administrator for a higher limit.',
      message
    );
  }
  if (status === 403 && message.includes('auth has expired')) {
    return new ServiceError(
      'owner_sign_in',
      409,
      `The Hub starts this dashboard only after ${owner} has signed in again.`,
      `${owner} has to sign in to JupyterHub once more; then open the dashboard again.`
    );
  }
  if (status === 404) {
    return new ServiceError(
      'server_failed',
      409,
      `${owner} is no longer a user of this hub.`,
      'Ask the administrator of this hub.'
    );
  }
  if (status === 429 && message.includes('limit exceeded')) {
    return new ServiceError(
      'server_limit',
      409,
      'This hub runs as many servers at a time as it allows.',
      'Try again when somebody has stopped a server, or stop one of yours; an administrator can raise the limit (active_server_limit).',
      message
    );
  }
  if (status === 429 || status === 502 || status === 503 || status === 504) {
    return hubUnavailable(new Error(message));
  }
  const refusal = refusalIn(message);
  return refusal
    ? new ServiceError('server_failed', 502, refusal.message, refusal.fix, refusal.detail)
    : new ServiceError(
        'server_failed',
        502,
        `JupyterHub could not start the dashboard's server: ${message || `status ${status}`}`,
        'Try again; if it happens again, give this sentence to the administrator of this hub.'
      );
}

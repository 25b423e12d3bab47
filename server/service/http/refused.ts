import type { FastifyReply, FastifyRequest } from 'fastify';

import type { AuditAction, ErrorCode } from '../../contract';
import { AccessRefused } from '../access/access-refused';
import type { Context } from '../context';

/** Records a decision against whoever asked, when its answer is out; any other error is left alone. */
export function recordWhenAnswered(
  context: Context,
  request: FastifyRequest,
  { raw }: FastifyReply,
  error: unknown
): void {
  const record = () => recordRefused(context, request, error);
  if (raw.closed) {
    record();
  } else {
    // Unlike `finish`, it also comes where the caller does not wait for the answer.
    raw.once('close', record);
  }
}

/** The same for what has no answer any more. */
export function recordRefused({ addresses, refusals }: Context, request: FastifyRequest, error: unknown): void {
  if (!(error instanceof AccessRefused)) {
    return;
  }
  const { code } = error;
  const { actor, dashboard } = error.refused;
  if (code === 'not_found' && !dashboard) {
    return; // There was nothing to refuse.
  }
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const action = actionOf(code, dashboard !== null && !reads);
  // The route, not the address, which may hold anything.
  const route = request.routeOptions.url?.slice(addresses.prefix.length) ?? '';
  refusals.record({
    actor,
    dashboard: dashboard && { id: dashboard.id, slug: dashboard.slug, owner: dashboard.owner },
    action,
    detail: action === 'view_refused' ? '' : `${request.method} /${route}: ${code}`
  });
}

function actionOf(code: ErrorCode, changesDashboard: boolean): AuditAction {
  switch (code) {
    case 'not_found':
      return 'view_refused';
    case 'publishing_forbidden':
      return 'publish_refused';
    default:
      return changesDashboard ? 'change_refused' : 'call_refused';
  }
}

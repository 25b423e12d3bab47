import { AuditList, AuditQuery } from '../../../contract';
import type { Context } from '../../context';
import type { App } from '../app';
import { callerOf } from '../authentication';
import { notAllowed } from '../visible';
import { replies } from './replies';

const PAGE = 50;

/** Who has changed what, and who was let in. For administrators. */
export function auditRoutes(app: App, { audit }: Context): void {
  app.get('/audit', { schema: { querystring: AuditQuery, response: replies(AuditList) } }, async request => {
    const caller = callerOf(request);
    if (!caller.admin) {
      throw notAllowed(caller, 'Only administrators can read the audit records.', 'Ask an administrator of this hub.');
    }
    const { dashboard, before, limit } = request.query;
    const wanted = limit === undefined ? PAGE : Number(limit);
    const records = await audit.list({
      dashboardId: dashboard ?? null,
      before: before === undefined ? null : Number(before),
      limit: wanted + 1
    });
    const shown = records.slice(0, wanted);
    return { records: shown, before: records.length > wanted ? (shown.at(-1)?.seq ?? null) : null };
  });
}

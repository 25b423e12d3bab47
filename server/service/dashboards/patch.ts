import type { PatchRequest } from '../../contract';
import { checkAudience } from '../access/audience';
import type { HubPeople } from '../access/hub-people';
import type { Tickets } from '../access/tickets';
import { isoTime, type Clock } from '../clock';
import type { Config } from '../config';
import { notFound } from '../errors';
import type { Changes } from './changes';
import type { Channels } from './channels';
import type { DashboardRecord } from './dashboard';
import { nameKey, nameTaken } from './slug';
import type { DashboardStore } from './store';
import { checkName, checkText } from './texts';

export interface PatchOptions {
  dashboards: DashboardStore;
  tickets: Tickets;
  channels: Channels;
  changes: Changes;
  hub: HubPeople;
  config: Config;
  clock: Clock;
}

/**
 * Changes name, description or audience. The link stays. Who may no longer look is cut off at once.
 * @throws ServiceError `not_found` where it is deleted at the same moment; `name_taken`; or what is wrong with the request
 */
export async function patchDashboard(
  options: PatchOptions,
  dashboard: DashboardRecord,
  request: PatchRequest,
  actor: string
): Promise<void> {
  const { dashboards, changes, hub, config, clock } = options;
  const name = request.name === undefined ? undefined : checkName(request.name);
  const audience = request.audience && (await checkAudience(request.audience, config, hub, { actor, dashboard }));
  const conflict = await dashboards.patch(dashboard.id, {
    name,
    nameKey: name === undefined ? undefined : nameKey(name),
    description: request.description === undefined ? undefined : checkText('description', request.description),
    audience,
    updatedAt: isoTime(clock()),
    actor
  });
  if (conflict === 'deleted') {
    throw notFound();
  }
  if (conflict && name !== undefined) {
    throw nameTaken(name);
  }
  changes.report({ kind: 'dashboard', id: dashboard.id });
  if (audience) {
    await cutOff(options, { ...dashboard, audience });
  }
}

/** After a change of the audience: ends the sessions of those who may no longer look. */
export async function cutOff(
  { tickets, channels }: Pick<PatchOptions, 'tickets' | 'channels'>,
  dashboard: DashboardRecord
): Promise<void> {
  const sessions = await tickets.review(dashboard);
  if (sessions.length > 0) {
    channels.push(dashboard.id, { kind: 'ended', sessions });
  }
}

import {
  PlanReply,
  type FilesSource,
  type GitSource,
  type Plan,
  type PlanRequest,
  type Selection,
  type Whoami
} from '../../server/contract';
import { askServer, type LabServer } from '../dashboards/lab-server';

/** Finds out what publishing would copy. Rejects with DashboardsError, or with what `signal` was aborted with. */
export type ReadPlan = (request: PlanRequest, signal: AbortSignal) => Promise<Plan>;

/** {@link ReadPlan} of this Lab's own server. */
export function planReader(server: LabServer): ReadPlan {
  return async (request, signal) => (await askServer(server, 'plan', PlanReply, request, signal)).plan;
}

/** What the plan for `source` is asked with. */
export function planRequest(
  { root, entry, scope, live }: Selection & Pick<FilesSource, 'live'>,
  { since, publishablePaths }: { since?: PlanRequest['since']; publishablePaths?: Whoami['publishablePaths'] }
): PlanRequest {
  return {
    root,
    entry,
    scope,
    ...(live ? { live } : {}),
    ...(since === undefined ? {} : { since }),
    ...(publishablePaths ? { publishablePaths: [...publishablePaths] } : {})
  };
}

/**
 * What the plan for files of a repository is asked with.
 *
 * @param folder - absolute; in what may be a clone of it.
 */
export function gitPlanRequest(
  { url, ref, root, entry, scope, lfs, submodules }: GitSource,
  folder: string,
  since?: PlanRequest['since']
): PlanRequest {
  return {
    root: folder,
    entry,
    scope,
    ...(since === undefined ? {} : { since }),
    repository: { url, ref, root, ...(lfs ? { lfs } : {}), ...(submodules ? { submodules } : {}) }
  };
}

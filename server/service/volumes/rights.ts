import type { ClusterRight, ClusterRights } from '../../contract';
import { ServiceError } from '../errors';
import type { CloneStrategy } from './clone-strategy';
import type { KubernetesClient } from './cluster/client';
import { Refused } from './cluster/failures';
import { ACCESS_REVIEWS, ACCOUNT_REVIEWS, CLAIMS, EVENTS, PODS, SNAPSHOTS } from './cluster/objects';

const MADE_AND_REMOVED = ['create', 'list', 'get', 'delete'];

/** All that is asked of the API server. `jupyterhub-dashboards values` prints a Role that allows it. */
export const NEEDED = [
  { kind: CLAIMS, verbs: MADE_AND_REMOVED },
  { kind: PODS, verbs: ['list', 'get'] },
  { kind: EVENTS, verbs: ['list'] },
  { kind: SNAPSHOTS, verbs: MADE_AND_REMOVED, by: 'volume-snapshot' }
] as const;

/** Asks the API server of each right whether there is it: what roles say is one of the things that decide. */
export async function rightsOf(client: KubernetesClient, strategies: readonly CloneStrategy[]): Promise<ClusterRights> {
  const { namespace } = client;
  const needed = NEEDED.filter(one => !('by' in one) || strategies.includes(one.by)).flatMap(({ kind, verbs }) =>
    verbs.map((verb): ClusterRight => ({ verb, group: kind.group, resource: kind.resource }))
  );
  const allowed = await Promise.all(
    needed.map(async right => {
      const resourceAttributes = { namespace, ...right };
      return (await client.review(ACCESS_REVIEWS, { resourceAttributes })).status.allowed;
    })
  );
  return { account: await accountOf(client), namespace, missing: needed.filter((_, index) => !allowed[index]) };
}

/** API servers before 1.28 do not tell. */
async function accountOf(client: KubernetesClient): Promise<string | null> {
  try {
    return (await client.review(ACCOUNT_REVIEWS, {})).status.userInfo.username ?? null;
  } catch (error) {
    if (error instanceof Refused || (error instanceof ServiceError && error.code === 'kubernetes_forbidden')) {
      return null;
    }
    throw error;
  }
}

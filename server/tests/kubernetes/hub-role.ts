import { ApiError, type KubernetesApi } from './api';
import { ACCOUNTS } from './certificates';
import type { KubernetesObject } from './objects';

const GROUP = 'rbac.authorization.k8s.io';
const READ_AND_CHANGE = ['get', 'watch', 'list', 'create', 'delete'];

/** What Zero to JupyterHub allows its Hub in its namespace: no more. */
const RULES = [
  {
    apiGroups: [''],
    resources: ['pods', 'persistentvolumeclaims', 'secrets', 'services'],
    verbs: READ_AND_CHANGE
  },
  { apiGroups: [''], resources: ['events'], verbs: ['get', 'watch', 'list'] }
];

/** What an administrator adds to that where volumes are cloned by way of snapshots. */
const SNAPSHOT_RULES = [
  {
    apiGroups: ['snapshot.storage.k8s.io'],
    resources: ['volumesnapshots'],
    verbs: ['get', 'list', 'create', 'delete']
  }
];

/** Gives the account of the Hub the rights that Zero to JupyterHub gives it, unless an earlier Hub has them already. */
export function createHubRole(api: KubernetesApi, namespace: string): Promise<void> {
  return createRole(api, namespace, 'hub', RULES);
}

export function allowSnapshots(api: KubernetesApi, namespace: string): Promise<void> {
  return createRole(api, namespace, 'hub-snapshots', SNAPSHOT_RULES);
}

/** What an administrator allows a Hub besides whose users have a namespace each: the same everywhere, and to make them. */
export async function allowNamespaces(api: KubernetesApi): Promise<void> {
  const name = 'hub-namespaces';
  const path = `/apis/${GROUP}/v1`;
  const namespaces = { apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'list', 'create'] };
  await api.create(`${path}/clusterroles`, { metadata: { name }, rules: [...RULES, namespaces] } as KubernetesObject);
  await api.create(`${path}/clusterrolebindings`, {
    metadata: { name },
    subjects: [{ kind: 'User', name: ACCOUNTS.hub.user, apiGroup: GROUP }],
    roleRef: { kind: 'ClusterRole', name, apiGroup: GROUP }
  } as KubernetesObject);
}

async function createRole(api: KubernetesApi, namespace: string, name: string, rules: object[]): Promise<void> {
  const path = `/apis/${GROUP}/v1/namespaces/${namespace}`;
  const create = (type: string, object: KubernetesObject & Record<string, unknown>) =>
    api.create(`${path}/${type}`, object).catch((error: unknown) => {
      if (!(error instanceof ApiError && error.status === 409)) {
        throw error;
      }
    });
  await create('roles', { metadata: { name }, rules });
  await create('rolebindings', {
    metadata: { name },
    subjects: [{ kind: 'User', name: ACCOUNTS.hub.user, apiGroup: GROUP }],
    roleRef: { kind: 'Role', name, apiGroup: GROUP }
  });
}

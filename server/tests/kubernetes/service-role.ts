import type { KubernetesApi } from './api';
import { ACCOUNTS } from './certificates';
import type { KubernetesObject } from './objects';

const GROUP = 'rbac.authorization.k8s.io';

/** What the dashboards service needs to clone volumes: no more. */
const RULES = [
  { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: ['get', 'list', 'create', 'delete'] },
  { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
  { apiGroups: [''], resources: ['events'], verbs: ['list'] },
  {
    apiGroups: ['snapshot.storage.k8s.io'],
    resources: ['volumesnapshots'],
    verbs: ['get', 'list', 'create', 'delete']
  }
];

/** Gives these rights to the account of the service, and to a service account of the same name that pods can have. */
export async function createServiceRole(api: KubernetesApi, namespace: string): Promise<void> {
  const { user: name } = ACCOUNTS.service;
  const path = `/apis/${GROUP}/v1/namespaces/${namespace}`;
  const create = (where: string, object: KubernetesObject & Record<string, unknown>) => api.create(where, object);
  await create(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } });
  await create(`${path}/roles`, { metadata: { name }, rules: RULES });
  await create(`${path}/rolebindings`, {
    metadata: { name },
    subjects: [
      { kind: 'User', name, apiGroup: GROUP },
      { kind: 'ServiceAccount', name, namespace }
    ],
    roleRef: { kind: 'Role', name, apiGroup: GROUP }
  });
}

import { execFileSync } from 'node:child_process';

import { NEEDED } from '../../service/volumes/rights';
import { CHECKOUT, variable } from '../installation';
import { startCluster, type Cluster } from './cluster';
import type { KubernetesObject, Pod } from './objects';

const STORAGES = ['static', 'rwx', 'clone', 'relay', 'hybrid'];
// Everything that is printed is tried, and not kept; a field that Kubernetes does not know is an error.
const TRIED = '?dryRun=All&fieldValidation=Strict';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({});
});

afterAll(async () => {
  await cluster?.stop();
});

/** The manifests of `jupyterhub-dashboards values`, one text for each object. */
function printed(...words: string[]): { kind: string; text: string }[] {
  const python = variable('DASHBOARDS_HUB_PYTHON', 'the Python that has jupyterhub');
  const command = ['-m', 'jupyterhub_dashboards.command', 'values', '--part', 'manifests', ...words];
  // Without a wheel the package is the one of the checkout.
  const found = process.env.DASHBOARDS_WHEEL ? {} : { cwd: CHECKOUT };
  const text = execFileSync(python, command, { encoding: 'utf8', ...found });
  return text.split(/^---$/m).map(one => ({ kind: /^kind: (\w+)$/m.exec(one)![1]!, text: one }));
}

function pathOf(kind: string, namespace: string): string {
  const core = `/api/v1/namespaces/${namespace}`;
  const rights = '/apis/rbac.authorization.k8s.io/v1';
  const paths: Record<string, string> = {
    ServiceAccount: `${core}/serviceaccounts`,
    Secret: `${core}/secrets`,
    ConfigMap: `${core}/configmaps`,
    PersistentVolumeClaim: `${core}/persistentvolumeclaims`,
    Service: `${core}/services`,
    NetworkPolicy: `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`,
    Deployment: `/apis/apps/v1/namespaces/${namespace}/deployments`,
    Role: `${rights}/namespaces/${namespace}/roles`,
    RoleBinding: `${rights}/namespaces/${namespace}/rolebindings`,
    ClusterRole: `${rights}/clusterroles`,
    ClusterRoleBinding: `${rights}/clusterrolebindings`
  };
  const path = paths[kind];
  if (!path) {
    throw new Error(`${kind} is printed, and this test does not know where it belongs`);
  }
  return path;
}

function create({ kind, text }: { kind: string; text: string }, namespace: string, query = TRIED): Promise<unknown> {
  return cluster.api.ask('POST', `${pathOf(kind, namespace)}${query}`, text, 'application/yaml');
}

async function mayDo(account: string, verb: string, resource: string, group = ''): Promise<boolean> {
  const review = {
    spec: {
      user: `system:serviceaccount:${account}`,
      resourceAttributes: { namespace: account.split(':')[0], verb, resource, group }
    }
  };
  const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
  const answer = (await cluster.api.ask('POST', path, JSON.stringify(review))) as { status: { allowed: boolean } };
  return answer.status.allowed;
}

test.each(STORAGES)('Kubernetes takes every object that is printed for %s', async storage => {
  const objects = printed('--storage', storage);
  expect(objects.map(one => one.kind)).toEqual(expect.arrayContaining(['Deployment', 'NetworkPolicy', 'Secret']));
  for (const object of objects) {
    await expect(create(object, cluster.namespace)).resolves.toMatchObject({ kind: object.kind });
  }
});

test('an object with a field that there is not is refused', async () => {
  const [account] = printed('--storage', 'relay');
  const wrong = { ...account!, text: `${account!.text}wrong: 1\n` };
  await expect(create(wrong, cluster.namespace)).rejects.toMatchObject({ status: 400 });
});

test('the pod of the service may run where only restricted pods may', async () => {
  const namespace = 'restricted';
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await cluster.api.create<KubernetesObject>('/api/v1/namespaces', { metadata: { name: namespace, labels } });
  const objects = printed('--storage', 'clone', '--namespace', namespace);
  const of = (kind: string) => objects.find(one => one.kind === kind)!;
  await create(of('ServiceAccount'), namespace, '');
  const deployment = (await create(of('Deployment'), namespace)) as {
    spec: { template: { metadata: { labels: Record<string, string> }; spec: Pod['spec'] } };
  };
  const { metadata, spec } = deployment.spec.template;
  const pods = `/api/v1/namespaces/${namespace}/pods${TRIED}`;
  const pod = (changes: object) =>
    cluster.api.create(pods, { metadata: { name: 'tried', labels: metadata.labels }, spec: { ...spec, ...changes } });
  await expect(pod({})).resolves.toMatchObject({ kind: 'Pod' });
  await expect(pod({ hostNetwork: true })).rejects.toMatchObject({ status: 403 });
});

test('the account of the service may make volumes where that is wanted, and nothing else', async () => {
  for (const object of printed('--storage', 'clone')) {
    if (/Role|ServiceAccount/.test(object.kind)) {
      await create(object, cluster.namespace, '');
    }
  }
  const account = `${cluster.namespace}:dashboards`;
  for (const { kind, verbs } of NEEDED) {
    for (const verb of verbs) {
      await expect(mayDo(account, verb, kind.resource, kind.group)).resolves.toBe(true);
    }
  }
  const others: [string, string, string?][] = [
    ['get', 'secrets'],
    ['create', 'pods'],
    ['delete', 'pods'],
    ['patch', 'persistentvolumeclaims'],
    ['get', 'persistentvolumes'],
    ['get', 'storageclasses', 'storage.k8s.io'],
    ['create', 'rolebindings', 'rbac.authorization.k8s.io']
  ];
  for (const [verb, resource, group] of others) {
    await expect(mayDo(account, verb, resource, group)).resolves.toBe(false);
  }
  await expect(mayDo('default:dashboards', 'get', 'persistentvolumeclaims')).resolves.toBe(false);
});

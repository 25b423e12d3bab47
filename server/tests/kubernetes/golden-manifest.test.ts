import type { Dashboard } from '../../contract';
import { eventually } from '../../service/testing/test-service';
import { runningPod } from './evidence';
import type { KubernetesObject, Pod, Stored } from './objects';
import { differences } from './pod-differences';
import { SINGLE_USER_IMAGE, startProductCluster, type ProductCluster } from './product';
import { Stage } from './stage';
import { STOCK } from './storage-settings';

/** What an administrator may give the pods of servers, by values of Zero to JupyterHub and by a profile. */
const EVERYTHING = `
c.KubeSpawner.common_labels = {"app": "jupyterhub", "release": "test", "chart": "jupyterhub-4.3.1"}
c.KubeSpawner.extra_labels = {"hub.jupyter.org/network-access-hub": "true", "team": "{username}"}
c.KubeSpawner.extra_annotations = {"cluster-autoscaler.kubernetes.io/safe-to-evict": "false", "owner": "{unescaped_username}"}
c.KubeSpawner.cpu_guarantee = 0.1
c.KubeSpawner.cpu_limit = 2
c.KubeSpawner.mem_guarantee = "64M"
c.KubeSpawner.mem_limit = "1G"
c.KubeSpawner.extra_resource_limits = {"ephemeral-storage": "1Gi"}
c.KubeSpawner.tolerations = [{"key": "hub.jupyter.org/dedicated", "operator": "Equal", "value": "user", "effect": "NoSchedule"}]
c.KubeSpawner.node_affinity_preferred = [
    {"weight": 100, "preference": {"matchExpressions": [
        {"key": "hub.jupyter.org/node-purpose", "operator": "In", "values": ["user"]}]}}
]
c.KubeSpawner.priority_class_name = ""
c.KubeSpawner.init_containers = [{"name": "prepare", "image": "${SINGLE_USER_IMAGE}", "command": ["true"]}]
c.KubeSpawner.extra_containers = [{"name": "beside", "image": "${SINGLE_USER_IMAGE}", "command": ["sleep", "600"]}]
c.KubeSpawner.lifecycle_hooks = {"preStop": {"exec": {"command": ["true"]}}}
c.KubeSpawner.container_security_context = {"capabilities": {"drop": ["ALL"]}}
c.KubeSpawner.extra_pod_config = {"enableServiceLinks": False}
c.KubeSpawner.extra_container_config = {"envFrom": [{"configMapRef": {"name": "none", "optional": True}}]}
c.KubeSpawner.image_pull_policy = "IfNotPresent"
c.KubeSpawner.environment = {"REGION": "south"}
c.KubeSpawner.profile_list = [
    {"display_name": "Small", "default": True, "slug": "small"},
    {
        "display_name": "Large", "slug": "large",
        "kubespawner_override": {"environment": {"REGION": "north"}, "mem_limit": "2G"},
        "profile_options": {
            "cpus": {
                "display_name": "Processors",
                "choices": {
                    "one": {"display_name": "1", "default": True, "kubespawner_override": {"cpu_limit": 1}},
                    "three": {"display_name": "3", "kubespawner_override": {"cpu_limit": 3}},
                },
            }
        },
    },
]
`;

const LARGE = { profile: 'large', cpus: 'three' };

jest.setTimeout(240_000);

let cluster: ProductCluster;

beforeAll(async () => {
  cluster = await startProductCluster();
});
afterAll(async () => {
  await cluster?.stop();
});

const OF_THIS_START = ['JPY_API_TOKEN', 'JUPYTERHUB_API_TOKEN', 'JUPYTERHUB_DASHBOARDS_START'];
const PACKED = 'JUPYTERHUB_DASHBOARDS_STAND_IN';

/** All that the Hub has written, with words for what is made anew each time. */
function manifest({ metadata, spec }: Stored<Pod>, server: string): unknown {
  const { name, namespace, labels, annotations } = metadata;
  const containers = spec.containers.map(container => ({
    ...container,
    args: container.args?.map(word => (word.includes(' ') ? '…' : word)).join(' '),
    env: container.env?.map(variable => {
      const { name: of } = variable;
      return OF_THIS_START.includes(of) ? { name: of, value: `… of ${name}` } : of === PACKED ? { name: of } : variable;
    })
  }));
  const text = JSON.stringify({ metadata: { name, namespace, labels, annotations }, spec: { ...spec, containers } });
  return JSON.parse((server ? text.replaceAll(server, '<server>') : text).replaceAll(/dash-\w+-v1-\w+/g, '<clone>'));
}

describe.each([
  { row: 'Z4, as it comes', configure: '', clones: false },
  { row: 'Z3, where volumes are cloned', configure: 'strategies=["clone", "git"]', clones: true }
])('$row', ({ configure, clones }) => {
  let stage: Stage;
  let dashboard: Dashboard;
  let server: string;
  const pod = (name: string) => eventually(() => runningPod(cluster, stage.hub, 'alice', name), 60_000);

  beforeAll(async () => {
    stage = await Stage.set(cluster, { storage: STOCK, config: EVERYTHING, configure }, LARGE);
    ({ dashboard, server } = await stage.publishSales());
  });
  afterAll(async () => {
    await stage?.hub.stop();
    await cluster.clear();
  });

  it("the pod of a dashboard is that of its author's server, but for what is listed here", async () => {
    const [own, its] = [await pod(''), await pod(server)];
    const found = differences(manifest(own.pod, ''), manifest(its.pod, server));
    expect(found.toSorted()).toEqual([...DIFFERENCES, ...(clones ? DIFFERENCES_OF_CLONES : [])].toSorted());
  });

  it('it has no token of a service account, and what its author has chosen for JupyterLab', async () => {
    const { spec } = (await pod(server)).pod;
    expect(spec).toMatchObject({ automountServiceAccountToken: false });
    expect(spec.volumes?.some(({ projected }) => projected)).toBe(false);
    const container = spec.containers.find(({ name }) => name === 'notebook');
    expect(container).toMatchObject({
      resources: { limits: { cpu: '3', memory: '2147483648' }, requests: { cpu: '100m', memory: '67108864' } }
    });
    expect(container?.env).toContainEqual({ name: 'REGION', value: 'north' });
  });

  it('it starts again as it was built, though its author works with something else by then', async () => {
    const { alice, bob, lab } = stage;
    await lab.stop();
    await lab.startAgain({ profile: 'small' });
    const before = await pod(server);
    await cluster.api.delete(`${cluster.path}/pods/${before.pod.metadata.name}`);
    await eventually(async () => (await runningPod(cluster, stage.hub, 'alice', server)) === null);
    await bob.sees(dashboard.link, '"region": "north"');
    const after = await pod(server);
    expect(after.pod.metadata.uid).not.toBe(before.pod.metadata.uid);
    // A new version in a new server is built with what she works with now.
    if (clones) {
      const source = { root: '~/sales', entry: 'app.py', scope: 'folder' };
      const build = await alice.update(dashboard.id, { place: (await lab.plan(source)).place });
      expect(await lab.help(build.id)).toMatchObject({ state: 'live', problem: null });
      await bob.sees(dashboard.link, '"region": "south"');
    }
  });
});

/**
 * Where its volumes are decides where a pod runs, without an affinity of ours: a clone's claim is bound before the pod is made
 * that mounts it, and a home of its own that waits for its first pod is made where that is.
 */
it.each(['east', 'west'])('a pod that mounts a volume in the zone %s runs there', async zone => {
  const name = `in-${zone}`;
  const nodes = '/api/v1/nodes';
  const labels = { 'topology.kubernetes.io/zone': zone };
  await cluster.api.create<KubernetesObject>(nodes, { metadata: { name, labels } });
  await cluster.api.merge(`${nodes}/${name}`, { spec: { taints: null } });
  const room = { cpu: '1', memory: '1Gi', pods: '9' };
  await cluster.api.merge(`${nodes}/${name}/status`, { status: { capacity: room, allocatable: room } });
  const size = { storage: '1Gi' };
  await cluster.api.create('/api/v1/persistentvolumes', {
    metadata: { name },
    spec: {
      ...{ capacity: size, accessModes: ['ReadWriteOnce'], storageClassName: '', hostPath: { path: '/nowhere' } },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: [zone] }] }
          ]
        }
      },
      claimRef: { namespace: cluster.namespace, name }
    }
  } as KubernetesObject);
  await cluster.api.create(`${cluster.path}/persistentvolumeclaims`, {
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: '', volumeName: name, resources: { requests: size } }
  } as KubernetesObject);
  await cluster.api.create<Pod>(`${cluster.path}/pods`, {
    metadata: { name },
    spec: {
      containers: [{ name: 'main', image: SINGLE_USER_IMAGE }],
      volumes: [{ name: 'clone', persistentVolumeClaim: { claimName: name } }]
    }
  });
  const pod = `${cluster.path}/pods/${name}`;
  expect(await eventually(async () => (await cluster.api.get<Pod>(pod)).spec.nodeName)).toBe(name);
  // Nothing of that machine is there but its name.
  await cluster.api.delete(pod, { gracePeriodSeconds: 0 });
  await cluster.api.delete(`${cluster.path}/persistentvolumeclaims/${name}`);
  await cluster.api.delete(`/api/v1/persistentvolumes/${name}`);
  await cluster.api.delete(`${nodes}/${name}`);
});

/** Lab's pod -> the dashboard's: its name, its own home, who it is at the Hub, and the program. */
const DIFFERENCES = [
  'metadata.annotations.hub.jupyter.org/servername: absent -> "<server>"',
  'metadata.labels.hub.jupyter.org/servername: "" -> "<server>"',
  'metadata.name: "jupyter-alice" -> "jupyter-alice--<server>"',
  'spec.containers.notebook.args: "jupyterhub-singleuser" -> "/bin/sh -c … jupyterhub-dashboards … jupyterhub-dashboards-runner python3"',
  'spec.containers.notebook.env.JPY_API_TOKEN.value: "… of jupyter-alice" -> "… of jupyter-alice--<server>"',
  'spec.containers.notebook.env.JUPYTERHUB_API_TOKEN.value: "… of jupyter-alice" -> "… of jupyter-alice--<server>"',
  'spec.containers.notebook.env.JUPYTERHUB_CLIENT_ID.value: "jupyterhub-user-alice" -> "jupyterhub-user-alice-<server>"',
  'spec.containers.notebook.env.JUPYTERHUB_DASHBOARDS_STAND_IN: absent -> {"name":"JUPYTERHUB_DASHBOARDS_STAND_IN"}',
  'spec.containers.notebook.env.JUPYTERHUB_DASHBOARDS_START: absent -> {"name":"JUPYTERHUB_DASHBOARDS_START","value":"… of jupyter-alice--<server>"}',
  String.raw`spec.containers.notebook.env.JUPYTERHUB_OAUTH_ACCESS_SCOPES.value: "[\"access:servers!server=alice/\", \"access:servers!user=alice\"]" -> "[\"access:servers!server=alice/<server>\", \"access:servers!user=alice\"]"`,
  'spec.containers.notebook.env.JUPYTERHUB_OAUTH_CALLBACK_URL.value: "/user/alice/oauth_callback" -> "/user/alice/<server>/oauth_callback"',
  // Nobody signs in to it through the Hub.
  String.raw`spec.containers.notebook.env.JUPYTERHUB_OAUTH_CLIENT_ALLOWED_SCOPES.value: "[\"access:services!service=dashboards\"]" -> "[]"`,
  String.raw`spec.containers.notebook.env.JUPYTERHUB_OAUTH_SCOPES.value: "[\"access:servers!server=alice/\", \"access:servers!user=alice\"]" -> "[\"access:servers!server=alice/<server>\", \"access:servers!user=alice\"]"`,
  'spec.containers.notebook.env.JUPYTERHUB_SERVER_NAME.value: absent -> "<server>"',
  'spec.containers.notebook.env.JUPYTERHUB_SERVICE_PREFIX.value: "/user/alice/" -> "/user/alice/<server>/"',
  'spec.containers.notebook.env.JUPYTERHUB_SERVICE_URL.value: "http://0.0.0.0:8888/user/alice/" -> "http://0.0.0.0:8888/user/alice/<server>/"',
  'spec.containers.notebook.volumeMounts.volume-alice: {"name":"volume-alice","mountPath":"/home/jovyan"} -> absent',
  'spec.containers.notebook.volumeMounts.volume-alice--<server>: absent -> {"name":"volume-alice--<server>","mountPath":"/home/jovyan"}',
  'spec.volumes.volume-alice: {"name":"volume-alice","persistentVolumeClaim":{"claimName":"claim-alice"}} -> absent',
  'spec.volumes.volume-alice--<server>: absent -> {"name":"volume-alice--<server>","persistentVolumeClaim":{"claimName":"claim-alice--<server>"}}'
];

const DIFFERENCES_OF_CLONES = [
  'spec.containers.notebook.volumeMounts.dashboards-version-1: absent -> {"name":"dashboards-version-1","readOnly":true,"mountPath":"/var/lib/jupyterhub-dashboards/1","subPath":"sales"}',
  // Else each file of a large clone is given its group at each start.
  'spec.securityContext.fsGroupChangePolicy: absent -> "OnRootMismatch"',
  'spec.volumes.dashboards-version-1: absent -> {"name":"dashboards-version-1","persistentVolumeClaim":{"claimName":"<clone>"}}'
];

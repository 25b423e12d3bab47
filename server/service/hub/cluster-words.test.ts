import type { ClusterEvent } from '../../contract';
import { inPlainWords, refusalIn } from './cluster-words';

const POD = { kind: 'Pod', fieldPath: 'spec.containers{notebook}' };
const CLAIM = { kind: 'PersistentVolumeClaim' };

const warning = (
  reason: string,
  message: string,
  involvedObject: ClusterEvent['involvedObject'] = POD
): ClusterEvent => ({
  type: 'Warning',
  reason,
  message,
  involvedObject
});
const normal = (
  reason: string,
  message: string,
  involvedObject: ClusterEvent['involvedObject'] = POD
): ClusterEvent => ({
  ...warning(reason, message, involvedObject),
  type: 'Normal'
});

/** What the API answers with, in the words of KubeSpawner's exception; as it came from the Hub of the test cluster. */
const refused = (message: string) =>
  `(403)\nReason: error\nHTTP response headers: <CIMultiDictProxy('Content-Type': 'application/json')>\nHTTP response body: ${JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'Forbidden', code: 403 })}\n\n`;

/** Kubernetes 1.36.3 and external-provisioner 6.3.0 on the test cluster. */
const SEEN: [ClusterEvent, string][] = [
  [
    warning('FailedScheduling', '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found'),
    'The server waits for its volume.'
  ],
  [
    warning(
      'FailedScheduling',
      "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."
    ),
    'No machine of the cluster is of the kind that the server has to run on.'
  ],
  [
    warning('ProvisioningFailed', 'storageclass.storage.k8s.io "missing" not found', CLAIM),
    "There is no storage class missing, which the server's volume is to be of."
  ],
  [
    warning(
      'ProvisioningFailed',
      'error getting handle for DataSource Type PersistentVolumeClaim by Name source-none: error getting PVC source-none (namespace "jhub") from api server: persistentvolumeclaim "source-none" not found',
      CLAIM
    ),
    'The volume claim source-none, which is to be copied, is not there or not ready.'
  ],
  [
    warning(
      'ProvisioningFailed',
      'error getting handle for DataSource Type PersistentVolumeClaim by Name source-other: the PVC DataSource source-other must have a status of Bound.  Got {Pending [] map[] [] map[] map[] <nil> nil}',
      CLAIM
    ),
    'The volume claim source-other, which is to be copied, is not there or not ready.'
  ],
  [
    normal(
      'ExternalProvisioning',
      "Waiting for a volume to be created either by the external provisioner 'directories.csi.test' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.",
      CLAIM
    ),
    "The server's volume is being made."
  ],
  [
    normal('Scheduled', 'Successfully assigned jhub/jupyter-alice--ok to test-node', { kind: 'Pod' }),
    'A machine of the cluster has been found for the server.'
  ]
];

/** As the sources of Kubernetes 1.36.3 and external-provisioner 6.3.0 write them; the file is named. */
const READ: [source: string, ClusterEvent, string][] = [
  [
    'noderesources/fit.go',
    warning(
      'FailedScheduling',
      '0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.'
    ),
    'No machine of the cluster has enough free CPU for the server.'
  ],
  [
    'noderesources/fit.go',
    warning('FailedScheduling', '0/3 nodes are available: 1 Insufficient cpu, 3 Insufficient memory.'),
    'No machine of the cluster has enough free CPU and memory for the server.'
  ],
  [
    'noderesources/fit.go',
    warning('FailedScheduling', '0/3 nodes are available: 3 Insufficient nvidia.com/gpu.'),
    'No machine of the cluster has a free GPU for the server.'
  ],
  [
    'noderesources/fit.go',
    warning('FailedScheduling', '0/3 nodes are available: 3 Too many pods.'),
    'The machines of the cluster run as many servers as they can.'
  ],
  [
    'tainttoleration/taint_toleration.go',
    warning('FailedScheduling', '0/2 nodes are available: 2 node(s) had untolerated taint(s).'),
    'The machines of the cluster are kept for other work, or are not ready yet.'
  ],
  [
    'volumebinding/binder.go',
    warning(
      'FailedScheduling',
      "0/3 nodes are available: 1 Insufficient memory, 2 node(s) didn't match PersistentVolume's node affinity."
    ),
    "No machine with enough room is in the zone of the server's volume."
  ],
  [
    'volumezone/volume_zone.go',
    warning('FailedScheduling', '0/1 nodes are available: 1 node(s) had no available volume zone.'),
    "No machine with enough room is in the zone of the server's volume."
  ],
  [
    'volumerestrictions/volume_restrictions.go',
    warning(
      'FailedScheduling',
      '0/1 nodes are available: 1 node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod.'
    ),
    "The server's volume is in use by another server, and only one may use it at a time."
  ],
  [
    'volumebinding/volume_binding.go',
    warning('FailedScheduling', '0/1 nodes are available: persistentvolumeclaim "claim-alice" not found. not found'),
    'The volume claim claim-alice, which the server needs, is not there.'
  ],
  [
    'volumebinding/binder.go',
    warning(
      'FailedScheduling',
      'running PreBind plugin "VolumeBinding": binding volumes: provisioning failed for PVC "claim-alice"'
    ),
    "The server's volume was not ready in time."
  ],
  [
    'attachdetach/reconciler.go',
    warning(
      'FailedAttachVolume',
      'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) jupyter-alice'
    ),
    "The server's volume is in use on another machine of the cluster, and can be on one at a time."
  ],
  [
    'attachdetach/reconciler.go',
    warning(
      'FailedAttachVolume',
      'Multi-Attach error for volume "pvc-1" Volume is already exclusively attached to one node and can\'t be attached to another'
    ),
    "The server's volume is in use on another machine of the cluster, and can be on one at a time."
  ],
  [
    'operation_generator.go',
    warning(
      'FailedAttachVolume',
      'AttachVolume.Attach failed for volume "pvc-1" : rpc error: code = Internal desc = could not attach'
    ),
    "The server's volume cannot be attached to its machine."
  ],
  [
    'operation_generator.go',
    warning('FailedMount', 'MountVolume.SetUp failed for volume "settings" : configmap "settings" not found'),
    'The server needs a setting that is not there: configmap "settings" not found.'
  ],
  [
    'operation_generator.go',
    warning('FailedMount', 'MountVolume.SetUp failed for volume "home" : mount failed: exit status 32'),
    "The server's volume cannot be mounted on its machine."
  ],
  [
    'volume_manager.go',
    warning(
      'FailedMount',
      'Unable to attach or mount volumes: unmounted volumes=[home], unattached volumes=[], failed to process volumes=[]: context deadline exceeded'
    ),
    'The server still waits for its volumes on its machine.'
  ],
  [
    'image_manager.go, with the words of containerd',
    warning(
      'Failed',
      'Failed to pull image "quay.io/a/b:1": rpc error: code = NotFound desc = failed to pull and unpack image "quay.io/a/b:1": failed to resolve image: quay.io/a/b:1: not found'
    ),
    'There is no software image quay.io/a/b:1.'
  ],
  [
    'image_manager.go, with the words of containerd',
    warning(
      'Failed',
      'Failed to pull image "a/b:1": failed to pull and unpack image "docker.io/a/b:1": failed to resolve reference "docker.io/a/b:1": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed'
    ),
    'The cluster may not fetch the software image a/b:1, or there is no such image.'
  ],
  [
    'image_manager.go, with the words of containerd',
    warning(
      'Failed',
      'Failed to pull image "a/b:1": failed to copy: httpReadSeeker: failed open: unexpected status code: 429 Too Many Requests - toomanyrequests: You have reached your pull rate limit.'
    ),
    'The registry of the software image a/b:1 gives out no more for now.'
  ],
  [
    'image_manager.go, with the words of containerd',
    warning(
      'Failed',
      'Failed to pull image "r.example/b:1": failed to do request: Head "https://r.example/v2/b/manifests/1": dial tcp 10.0.0.1:443: i/o timeout'
    ),
    'The registry of the software image r.example/b:1 cannot be reached.'
  ],
  [
    'image_manager.go',
    warning(
      'InspectFailed',
      'Failed to apply default image tag "A/b": couldn\'t parse image name "A/b": invalid reference format'
    ),
    'There is no software image A/b.'
  ],
  [
    'image_manager.go',
    warning('ErrImageNeverPull', 'Container image "a/b:1" is not present with pull policy of Never'),
    'The software image a/b:1 is not on the machine, and may not be fetched.'
  ],
  ['image_manager.go', normal('Pulling', 'Pulling image "a/b:1"'), 'The software image a/b:1 is being fetched.'],
  [
    'image_manager.go',
    normal('Pulled', 'Successfully pulled image "a/b:1" in 3.1s (3.1s including waiting). Image size: 1 bytes.'),
    'The software image is there.'
  ],
  ['kuberuntime_container.go', normal('Started', 'Container started'), 'The server has been started.'],
  [
    'kuberuntime_container.go, with the words of runc',
    warning(
      'Failed',
      'Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "jupyterhub-dashboards-runner": executable file not found in $PATH'
    ),
    'The software image lacks the program jupyterhub-dashboards-runner that the server is started with.'
  ],
  [
    'kuberuntime_container.go',
    warning('Failed', 'Error: secret "keys" not found'),
    'The server needs a setting that is not there: secret "keys" not found.'
  ],
  [
    'kuberuntime_manager.go',
    warning('BackOff', 'Back-off restarting failed container notebook in pod jupyter-alice_jhub(1-2)'),
    'The server ended soon after its start, and is started again.'
  ],
  [
    'eviction/helpers.go',
    warning(
      'Evicted',
      'The node was low on resource: memory. Threshold quantity: 100Mi, available: 92660Ki. Container notebook was using 3276Mi, request is 1Gi, has larger consumption of memory. '
    ),
    'The server was ended because its machine ran short of memory.'
  ],
  [
    'eviction/helpers.go',
    warning('Evicted', 'The node was low on resource: ephemeral-storage. Threshold quantity: 1Gi, available: 900Mi. '),
    'The server was ended because the disk of its machine was full.'
  ],
  [
    'eviction/helpers.go',
    warning('Evicted', 'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. '),
    'The server was ended because it wrote more to its temporary disk than it may.'
  ],
  [
    'preemption/executor.go',
    normal('Preempted', 'Preempted by pod 5f1 on node one'),
    'The server was ended to make room on its machine.'
  ],
  [
    'taint_eviction.go',
    normal('TaintManagerEviction', 'Marking for deletion Pod jhub/jupyter-alice'),
    'The machine that the server ran on went away.'
  ],
  [
    'csiProvisioner.checkDriverCapabilities',
    warning(
      'ProvisioningFailed',
      'failed to provision volume with StorageClass "fast": CSI driver does not support clone operations: controller CLONE_VOLUME capability is not reported',
      CLAIM
    ),
    'The storage of this cluster cannot copy volumes.'
  ],
  [
    'controller.go of external-provisioner',
    warning(
      'ProvisioningFailed',
      'error getting handle for DataSource Type PersistentVolumeClaim by Name a: error, new PVC request must be greater than or equal in size to the specified PVC data source, requested 1 but source is 2',
      CLAIM
    ),
    "The server's volume is to be a copy of a larger one, and too small for that."
  ],
  [
    'a driver',
    warning(
      'ProvisioningFailed',
      'failed to provision volume with StorageClass "fast": rpc error: code = ResourceExhausted desc = not enough room',
      CLAIM
    ),
    "The cluster's storage has no room for the server's volume."
  ],
  [
    'pv_controller.go',
    normal('FailedBinding', 'no persistent volumes available for this claim and no storage class is set', CLAIM),
    "There is no volume that fits the server's claim, and no storage class that would make one."
  ]
];

describe('what Kubernetes says, in plain words', () => {
  it.each(SEEN)('on the test cluster: %j', (event, sentence) => {
    expect(inPlainWords(event)?.sentence).toBe(sentence);
  });

  it.each(READ)('by %s: %j', (_source, event, sentence) => {
    expect(inPlainWords(event)?.sentence).toBe(sentence);
  });

  it('says what to do wherever something is in the way, and keeps the original words', () => {
    const troubles = [...SEEN.map(([event]) => event), ...READ.map(([, event]) => event)].filter(
      ({ type }) => type === 'Warning'
    );
    expect(troubles.length).toBeGreaterThan(20);
    for (const event of troubles) {
      const reason = inPlainWords(event)?.reason;
      expect(reason?.fix).toMatch(/\.$/);
      expect(reason?.detail).toBe(`Kubernetes: ${event.reason}: ${event.message}`);
    }
  });

  it('OOMKilled is what a status says', () => {
    expect(inPlainWords(warning('OOMKilled', 'Container notebook ended with exit code 137'))?.reason).toMatchObject({
      message: 'The server was ended because it used more memory than it may.',
      fix: expect.stringContaining('Use less memory') as string
    });
  });

  it.each([
    ['what only says that an image is tried again', warning('Failed', 'Error: ErrImagePull')],
    ['what only says that an image is tried again', normal('BackOff', 'Back-off pulling image "a/b:1"')],
    ['what is no matter of its own', normal('Created', 'Container created')],
    [
      'what is done before the server',
      normal('Started', 'Container started', { kind: 'Pod', fieldPath: 'spec.initContainers{block-cloud-metadata}' })
    ],
    ['the end of a server that is stopped', normal('Killing', 'Stopping container notebook')]
  ])('leaves out %s', (_what, event) => {
    expect(inPlainWords(event)).toBeNull();
  });

  it('names a warning that it does not know, which is no reason where another one is known', () => {
    expect(inPlainWords(warning('Surprise', 'of a kind'))).toMatchObject({
      sentence: 'Kubernetes has a warning about the server: Surprise.',
      reason: { detail: 'Kubernetes: Surprise: of a kind' },
      follows: true
    });
  });
});

describe('what the API of Kubernetes refuses', () => {
  it.each([
    [
      'pods "jupyter-alice--quota" is forbidden: exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=0',
      'This hub has used up what it may take of the cluster (quota few).'
    ],
    [
      'persistentvolumeclaims "claim-a" is forbidden: exceeded quota: disks, requested: requests.storage=10Gi, used: requests.storage=95Gi, limited: requests.storage=100Gi',
      'This hub has used up what its storage may take of the cluster (quota disks).'
    ],
    [
      'pods "a" is forbidden: failed quota: q: must specify limits.cpu for: notebook',
      'Servers of this hub do not say how much they need, which the cluster wants to know (quota q).'
    ],
    [
      'pods "a" is forbidden: maximum memory usage per Container is 1Gi, but limit is 4Gi',
      'The server asks for more or less memory than the cluster allows one.'
    ],
    [
      'pods "a" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
      "The cluster's rules of security (restricted:latest) do not allow the server."
    ],
    [
      'admission webhook "policy.example.org" denied the request: no',
      'A rule of the cluster (policy.example.org) does not allow the server.'
    ],
    [
      'pods is forbidden: User "system:serviceaccount:jhub:hub" cannot create resource "pods" in API group "" in the namespace "jhub"',
      'The Hub lacks a right in the cluster that it needs to start the server.'
    ],
    ['Pod "a" is invalid: spec.x: Forbidden', "The cluster does not allow the server's start."]
  ])('%s', (message, sentence) => {
    expect(refusalIn(refused(message))).toEqual({
      message: sentence,
      fix: expect.stringMatching(/\.$/) as string,
      detail: `Kubernetes: ${message}`
    });
  });

  it('is nothing that other Spawners say', () => {
    expect(refusalIn("Server at http://127.0.0.1:1/ didn't respond in 120 seconds")).toBeNull();
    expect(refusalIn('')).toBeNull();
  });
});

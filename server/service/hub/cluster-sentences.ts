/**
 * What Kubernetes says about a dashboard's server, as people who wait for it should read it.
 *
 * One table: the reason of an event, a pattern of its message, the sentence and what to do. The first row that fits counts.
 * A sentence never holds what changes from one event to the next, since each is told once.
 */

const TELL = 'Give this sentence to the administrator of this hub.';
export const LATER = 'Try again in a few minutes; if it lasts, give this sentence to the administrator of this hub.';

export interface Sentence {
  /** Reasons of events, as Kubernetes has them; `refused`: the API refuses to create the pod or the claim. */
  on: readonly string[];
  /** Of its message; left out: any. */
  when?: RegExp;
  /** `$1` is the first group of the pattern. Null: nothing to say. */
  say: string | null;
  /** What to do, where it is in the way. */
  fix?: string;
  /** A step that may take long: what to say and do if the start ends with it. */
  stuck?: readonly [message: string, fix: string];
  follows?: true;
}

const IMAGE = ['Failed', 'BackOff', 'InspectFailed', 'ErrImageNeverPull', 'ErrImagePull', 'ImagePullBackOff'];
const PULL = String.raw`(?:(?:pull|pulling|inspect) image|default image tag) "([^"]+)"`;
const CLAIM = ['ProvisioningFailed', 'FailedScheduling'];

export const SENTENCES: readonly Sentence[] = [
  // steps
  { on: ['Scheduled'], say: 'A machine of the cluster has been found for the server.' },
  {
    on: ['TriggeredScaleUp'],
    say: 'A machine is being added to the cluster for the server, which takes some minutes.',
    stuck: ['No machine was added to the cluster in time for the server.', LATER]
  },
  {
    on: ['Provisioning', 'ExternalProvisioning'],
    say: "The server's volume is being made.",
    stuck: [
      "The server's volume was not made in time.",
      `Try again; if it happens again, the cluster's storage does not work. ${TELL}`
    ]
  },
  {
    on: ['Pulling'],
    when: /image "([^"]+)"/,
    say: 'The software image $1 is being fetched.',
    stuck: [
      'The software image $1 was still being fetched when the time for the start was over.',
      'Try again: a machine keeps what it has fetched. If it happens again, ask the administrator of this hub for a longer start_timeout, or for images that are fetched beforehand.'
    ]
  },
  { on: ['Pulled'], say: 'The software image is there.' },
  { on: ['Started'], say: 'The server has been started.' },

  // its software image
  // The one before says why.
  { on: ['Failed', 'BackOff'], when: /^Error: (?:ErrImagePull|ImagePullBackOff)|^Back-off pulling image/, say: null },
  {
    on: IMAGE,
    when: new RegExp(`${PULL}.*(toomanyrequests|rate limit|429 Too Many)`, 's'),
    say: 'The registry of the software image $1 gives out no more for now.',
    fix: LATER
  },
  {
    on: IMAGE,
    when: new RegExp(`${PULL}.*(unauthorized|denied|authentication required|no basic auth|403 Forbidden)`, 's'),
    say: 'The cluster may not fetch the software image $1, or there is no such image.',
    fix: "Choose another profile, if this hub offers some, or ask its administrator to look at the image's name and at the cluster's access to its registry."
  },
  {
    on: IMAGE,
    when: new RegExp(`${PULL}.*(not found|manifest unknown|does not exist|invalid reference)`, 's'),
    say: 'There is no software image $1.',
    fix: "Choose another profile, if this hub offers some, or ask its administrator to mend the image's name."
  },
  {
    on: IMAGE,
    when: new RegExp(`${PULL}.*no space left on device`, 's'),
    say: 'The machine has no room for the software image $1.',
    fix: LATER
  },
  {
    on: IMAGE,
    when: new RegExp(
      `${PULL}.*(timeout|no such host|connection refused|connection reset|handshake|unavailable|deadline exceeded|unreachable|EOF)`,
      's'
    ),
    say: 'The registry of the software image $1 cannot be reached.',
    fix: LATER
  },
  { on: IMAGE, when: new RegExp(PULL), say: 'The software image $1 cannot be fetched.', fix: LATER },
  {
    on: ['ErrImageNeverPull', 'Failed'],
    when: /image "([^"]+)" is not present/,
    say: 'The software image $1 is not on the machine, and may not be fetched.',
    fix: TELL
  },

  // a machine for it
  { on: ['FailedScheduling'], when: /^skip schedule deleting pod|pod does not exist any more/, say: null },
  {
    on: ['FailedScheduling'],
    when: /persistentvolumeclaim "([^"]+)" (?:not found|is being deleted)/,
    say: 'The volume claim $1, which the server needs, is not there.',
    fix: TELL
  },
  {
    on: ['FailedScheduling'],
    when: /volume node affinity conflict|match PersistentVolume's node affinity|no available volume zone/,
    say: "No machine with enough room is in the zone of the server's volume.",
    fix: "Stop servers that you do not need, or try again later. If it lasts, tell the administrator of this hub: a volume stays in its zone, which needs machines for users' servers."
  },
  {
    on: ['FailedScheduling'],
    when: /ReadWriteOncePod access mode already in-use/,
    say: "The server's volume is in use by another server, and only one may use it at a time.",
    fix: 'Stop the other server, your JupyterLab say, and try again; the administrator of this hub can offer a storage set-up that does without.'
  },
  {
    on: ['FailedScheduling'],
    when: /exceed max volume count/,
    say: 'The machines of the cluster have as many volumes as they can take.',
    fix: LATER
  },
  {
    on: ['FailedScheduling'],
    when: /unbound immediate PersistentVolumeClaims|find available persistent volumes to bind|unbound pvc/i,
    say: 'The server waits for its volume.',
    fix: `Try again; if it happens again, the cluster's storage does not work. ${TELL}`,
    follows: true
  },
  {
    on: ['FailedScheduling'],
    when: /binding volumes|provisioning failed for PVC/,
    say: "The server's volume was not ready in time.",
    fix: `Try again; if it happens again, the cluster's storage does not work. ${TELL}`,
    follows: true
  },
  {
    on: ['FailedScheduling'],
    when: /Insufficient [^.]*(?:gpu|nvidia|amd\.com)/i,
    say: 'No machine of the cluster has a free GPU for the server.',
    fix: 'Stop servers with a GPU that you do not need, or try again later; the administrator of this hub can start dashboards without one.'
  },
  {
    on: ['FailedScheduling'],
    when: /Insufficient cpu[^:]*Insufficient memory|Insufficient memory[^:]*Insufficient cpu/,
    say: 'No machine of the cluster has enough free CPU and memory for the server.',
    fix: 'Stop servers that you do not need, or try again later. If it lasts, ask the administrator of this hub for more machines, or for smaller guarantees of CPU and memory.'
  },
  {
    on: ['FailedScheduling'],
    when: /Insufficient cpu/,
    say: 'No machine of the cluster has enough free CPU for the server.',
    fix: 'Stop servers that you do not need, or try again later. If it lasts, ask the administrator of this hub for more machines, or for a smaller guarantee of CPU.'
  },
  {
    on: ['FailedScheduling'],
    when: /Insufficient memory/,
    say: 'No machine of the cluster has enough free memory for the server.',
    fix: 'Stop servers that you do not need, or try again later. If it lasts, ask the administrator of this hub for more machines, or for a smaller guarantee of memory.'
  },
  {
    on: ['FailedScheduling'],
    when: /Insufficient (?:ephemeral-storage|storage)|not have enough free storage/,
    say: 'No machine of the cluster has enough free disk for the server.',
    fix: LATER
  },
  {
    on: ['FailedScheduling'],
    when: /Too many pods|Insufficient pods/,
    say: 'The machines of the cluster run as many servers as they can.',
    fix: 'Stop servers that you do not need, or try again later. If it lasts, ask the administrator of this hub for more machines.'
  },
  {
    on: ['FailedScheduling'],
    when: /Insufficient ([\w./-]+)/,
    say: 'No machine of the cluster has enough free $1 for the server.',
    fix: LATER
  },
  {
    on: ['FailedScheduling'],
    when: /node affinity\/selector|node selector|scheduler-enforced node affinity/,
    say: 'No machine of the cluster is of the kind that the server has to run on.',
    fix: `Choose another profile, if this hub offers some. ${TELL}`
  },
  {
    on: ['FailedScheduling'],
    when: /taint/,
    say: 'The machines of the cluster are kept for other work, or are not ready yet.',
    fix: `Try again in a few minutes. If it lasts, tell the administrator of this hub: servers of users need tolerations for the machines that they are to run on.`
  },
  {
    on: ['FailedScheduling'],
    when: /unschedulable/,
    say: 'The machines of the cluster are closed for now, for maintenance say.',
    fix: LATER
  },
  {
    on: ['FailedScheduling'],
    when: /no nodes available|^0\/0 nodes/,
    say: 'The cluster has no machine at the moment.',
    fix: LATER
  },
  {
    on: [
      'FailedScheduling',
      'OutOfcpu',
      'OutOfmemory',
      'OutOfpods',
      'OutOfephemeral-storage',
      'UnexpectedAdmissionError'
    ],
    say: 'No machine of the cluster can take the server at the moment.',
    fix: LATER
  },
  {
    on: ['NotTriggerScaleUp'],
    say: 'No machine is added to the cluster for the server.',
    fix: LATER,
    follows: true
  },

  // its volumes, where it runs
  {
    on: ['FailedAttachVolume'],
    when: /Multi-Attach error/,
    say: "The server's volume is in use on another machine of the cluster, and can be on one at a time.",
    fix: 'Stop the server that uses it, your JupyterLab say, and try again. If that one has just ended, try again in a few minutes. The administrator of this hub can offer a storage set-up that does without.'
  },
  {
    on: ['FailedAttachVolume'],
    say: "The server's volume cannot be attached to its machine.",
    fix: LATER
  },
  {
    on: ['FailedMount', 'Failed'],
    when: /((?:secret|configmap) "[^"]+" not found|references non-existent (?:secret|config) key: \S+|couldn't find key .*)/,
    say: 'The server needs a setting that is not there: $1.',
    fix: TELL
  },
  {
    on: ['FailedMount'],
    when: /timed out waiting for the condition|Unable to attach or mount volumes/,
    say: 'The server still waits for its volumes on its machine.',
    fix: LATER,
    follows: true
  },
  {
    on: ['FailedMount'],
    say: "The server's volume cannot be mounted on its machine.",
    fix: LATER
  },

  // claims
  { on: ['WaitForFirstConsumer', 'WaitForPodScheduled', 'ProvisioningSucceeded'], say: null },
  {
    on: CLAIM,
    when: /does not support clone|CLONE_VOLUME/,
    say: 'The storage of this cluster cannot copy volumes.',
    fix: 'Tell the administrator of this hub: dashboards need another storage class, or another set-up of storage.'
  },
  {
    on: CLAIM,
    when: /does not support snapshot|CREATE_DELETE_SNAPSHOT/,
    say: 'The storage of this cluster cannot make volumes of snapshots.',
    fix: 'Tell the administrator of this hub: dashboards need another storage class, or another set-up of storage.'
  },
  {
    on: CLAIM,
    when: /storageclass(?:\.storage\.k8s\.io)? "([^"]+)" not found/,
    say: "There is no storage class $1, which the server's volume is to be of.",
    fix: TELL
  },
  {
    on: CLAIM,
    when: /error getting PVC (\S+) .*not found|PVC DataSource (\S+) (?:must have a status of Bound|is currently being deleted)/,
    say: 'The volume claim $1, which is to be copied, is not there or not ready.',
    fix: `Start the server that it belongs to, your JupyterLab say, and try again. If it happens again, tell the administrator of this hub.`
  },
  {
    on: CLAIM,
    when: /greater than or equal in size|less than the size/,
    say: "The server's volume is to be a copy of a larger one, and too small for that.",
    fix: TELL
  },
  {
    on: CLAIM,
    when: /ResourceExhausted|no space left|[Ii]nsufficient (?:free )?(?:space|capacity|storage)|out of space|QUOTA_EXCEEDED/,
    say: "The cluster's storage has no room for the server's volume.",
    fix: 'Delete dashboards and versions that you do not need, and tell the administrator of this hub.'
  },
  {
    on: ['ProvisioningFailed'],
    say: "The server's volume cannot be made.",
    fix: TELL
  },
  {
    on: ['FailedBinding', 'VolumeMismatch'],
    say: "There is no volume that fits the server's claim, and no storage class that would make one.",
    fix: TELL
  },
  {
    on: ['ClaimLost', 'ClaimMisbound'],
    say: "The server's volume is gone.",
    fix: 'Tell the administrator of this hub before you publish again: files may be lost.'
  },

  // what the API refuses
  {
    on: ['refused'],
    when: /persistentvolumeclaims.*exceeded quota: ([^,]+),/,
    say: 'This hub has used up what its storage may take of the cluster (quota $1).',
    fix: 'Delete dashboards that you do not need, and ask the administrator of this hub for a higher quota.'
  },
  {
    on: ['refused'],
    when: /exceeded quota: ([^,]+),/,
    say: 'This hub has used up what it may take of the cluster (quota $1).',
    fix: 'Stop servers that you do not need, or try again later. If it lasts, ask the administrator of this hub for a higher quota.'
  },
  {
    on: ['refused'],
    when: /failed quota: ([^:]+): must specify/,
    say: 'Servers of this hub do not say how much they need, which the cluster wants to know (quota $1).',
    fix: `${TELL} It is mended with guarantees and limits of CPU and memory.`
  },
  {
    on: ['refused'],
    when: /(?:maximum|minimum) (\w+) usage per|must be less than or equal to (\w+) limit/,
    say: 'The server asks for more or less $1 than the cluster allows one.',
    fix: `Choose another profile, if this hub offers some. ${TELL}`
  },
  {
    on: ['refused'],
    when: /violates PodSecurity "([^"]+)"/,
    say: "The cluster's rules of security ($1) do not allow the server.",
    fix: TELL
  },
  {
    on: ['refused'],
    when: /admission webhook "([^"]+)" denied/,
    say: 'A rule of the cluster ($1) does not allow the server.',
    fix: TELL
  },
  {
    on: ['refused'],
    when: /User "([^"]+)" cannot (\w+) resource/,
    say: 'The Hub lacks a right in the cluster that it needs to start the server.',
    fix: TELL
  },
  { on: ['refused'], say: "The cluster does not allow the server's start.", fix: TELL },

  // its end
  {
    on: ['OOMKilled'],
    say: 'The server was ended because it used more memory than it may.',
    fix: 'Use less memory, by loading less data at a time say, or ask the administrator of this hub for a higher limit; then start the dashboard again.'
  },
  {
    on: ['Evicted'],
    when: /local ephemeral storage limit|ephemeral local storage usage exceeds|EmptyDir volume/,
    say: 'The server was ended because it wrote more to its temporary disk than it may.',
    fix: 'Write less outside of your home, or ask the administrator of this hub for a higher limit; then start the dashboard again.'
  },
  {
    on: ['Evicted'],
    when: /low on resource: memory|MemoryPressure/,
    say: 'The server was ended because its machine ran short of memory.',
    fix: 'Start the dashboard again. If it happens again, use less memory, or ask the administrator of this hub for a higher guarantee of it.'
  },
  {
    on: ['Evicted'],
    when: /low on resource: (?:ephemeral-storage|inodes)|DiskPressure/,
    say: 'The server was ended because the disk of its machine was full.',
    fix: `Start the dashboard again. If it happens again, tell the administrator of this hub.`
  },
  {
    on: ['Evicted', 'Preempted', 'Preempting', 'PreemptionByScheduler'],
    say: 'The server was ended to make room on its machine.',
    fix: 'Start the dashboard again. If it happens again, tell the administrator of this hub.'
  },
  {
    on: ['TaintManagerEviction', 'DeletionByTaintManager'],
    when: /^Cancelling/,
    say: null
  },
  {
    on: [
      'TaintManagerEviction',
      'DeletionByTaintManager',
      'NodeNotReady',
      'NodeLost',
      'NodeShutdown',
      'Terminated',
      'Shutdown'
    ],
    say: 'The machine that the server ran on went away.',
    fix: 'Start the dashboard again: another machine takes it.'
  },
  {
    on: ['Failed', 'StartError', 'ContainerCannotRun'],
    when: /exec: \\?"([^"\\]+)\\?": (?:executable file not found|stat .*no such file)|exec: "([^"]+)": permission denied/,
    say: 'The software image lacks the program $1 that the server is started with.',
    fix: TELL
  },
  {
    on: ['Failed', 'StartError', 'ContainerCannotRun'],
    say: "The server's container cannot be started.",
    fix: TELL
  },
  {
    on: ['Error', 'DeadlineExceeded'],
    when: /exit code (\d+)/,
    say: 'The server ended by itself (exit code $1).',
    fix: `Try again. If it happens again, tell the administrator of this hub, who finds the reason in the log of its container.`,
    follows: true
  },
  {
    on: ['BackOff'],
    say: 'The server ended soon after its start, and is started again.',
    fix: `If it lasts, tell the administrator of this hub, who finds the reason in the log of its container.`,
    follows: true
  },
  {
    on: ['FailedCreatePodSandBox', 'NetworkNotReady', 'FailedPodSandBoxStatus'],
    say: "The network of the server's machine is not ready for it.",
    fix: LATER
  },

  // of no matter here
  { on: ['Unhealthy', 'DNSConfigForming', 'FailedKillPod', 'FailedToRetrieveImagePullSecret', 'Killing'], say: null }
];

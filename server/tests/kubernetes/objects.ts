/** What the tests and their kubelet use of the objects of Kubernetes: a small part, as the API has it. */
export interface Metadata {
  name: string;
  namespace?: string;
  generateName?: string;
  uid?: string;
  resourceVersion?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  finalizers?: string[];
}

export interface KubernetesObject {
  apiVersion?: string;
  kind?: string;
  metadata: Metadata;
}

/** An object that the API has answered with. */
export type Stored<T extends KubernetesObject> = T & {
  metadata: Metadata & { uid: string; resourceVersion: string };
};

export interface List<T extends KubernetesObject> {
  metadata: { resourceVersion: string };
  items: Stored<T>[];
}

export interface Item {
  key: string;
  path: string;
}

export interface FieldRef {
  fieldPath: string;
}

export interface ProjectedSource {
  serviceAccountToken?: { path: string; audience?: string; expirationSeconds?: number };
  configMap?: { name: string; items?: Item[] };
  secret?: { name: string; items?: Item[] };
  downwardAPI?: { items: { path: string; fieldRef: FieldRef }[] };
}

export interface Volume {
  name: string;
  persistentVolumeClaim?: { claimName: string; readOnly?: boolean };
  emptyDir?: object;
  hostPath?: { path: string };
  configMap?: { name: string; items?: Item[] };
  secret?: { secretName: string; items?: Item[] };
  projected?: { sources: ProjectedSource[] };
}

export interface VolumeMount {
  name: string;
  mountPath: string;
  subPath?: string;
  readOnly?: boolean;
}

export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: {
    fieldRef?: FieldRef;
    secretKeyRef?: { name: string; key: string; optional?: boolean };
    configMapKeyRef?: { name: string; key: string; optional?: boolean };
  };
}

export interface SecurityContext {
  runAsUser?: number;
  runAsGroup?: number;
  supplementalGroups?: number[];
  fsGroup?: number;
  fsGroupChangePolicy?: 'Always' | 'OnRootMismatch';
  allowPrivilegeEscalation?: boolean;
}

export interface Container {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  workingDir?: string;
  env?: EnvVar[];
  volumeMounts?: VolumeMount[];
  securityContext?: SecurityContext;
}

export type ContainerState =
  | { waiting: { reason: string; message?: string } }
  | { running: { startedAt: string } }
  | { terminated: { exitCode: number; reason: string; startedAt: string; finishedAt: string } };

export interface ContainerStatus {
  name: string;
  image: string;
  imageID: string;
  containerID?: string;
  ready: boolean;
  started: boolean;
  restartCount: number;
  state: ContainerState;
}

export interface Condition {
  type: string;
  status: 'True' | 'False';
  reason?: string;
  lastTransitionTime?: string;
}

export interface Pod extends KubernetesObject {
  spec: {
    nodeName?: string;
    serviceAccountName?: string;
    restartPolicy?: 'Always' | 'OnFailure' | 'Never';
    terminationGracePeriodSeconds?: number;
    securityContext?: SecurityContext;
    initContainers?: Container[];
    containers: Container[];
    volumes?: Volume[];
  };
  status?: {
    phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
    reason?: string;
    message?: string;
    podIP?: string;
    podIPs?: { ip: string }[];
    hostIP?: string;
    startTime?: string;
    conditions?: Condition[];
    initContainerStatuses?: ContainerStatus[];
    containerStatuses?: ContainerStatus[];
  };
}

export interface Claim extends KubernetesObject {
  spec: {
    accessModes: string[];
    storageClassName?: string;
    volumeName?: string;
    resources: { requests: { storage: string } };
    dataSource?: { apiGroup?: string; kind: string; name: string };
  };
  status?: { phase?: 'Pending' | 'Bound' | 'Lost'; capacity?: { storage: string } };
}

export interface PersistentVolume extends KubernetesObject {
  spec: { csi?: { driver: string; volumeHandle: string }; hostPath?: { path: string } };
}

export interface VolumeSnapshot extends KubernetesObject {
  spec: { volumeSnapshotClassName?: string; source: { persistentVolumeClaimName: string } };
  status?: { readyToUse?: boolean };
}

export interface ConfigMap extends KubernetesObject {
  data?: Record<string, string>;
}

export interface Secret extends KubernetesObject {
  /** In base64. */
  data?: Record<string, string>;
}

export interface Event extends KubernetesObject {
  involvedObject: { apiVersion?: string; kind: string; namespace?: string; name: string; uid?: string };
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  count?: number;
  firstTimestamp?: string;
  lastTimestamp?: string;
  source?: { component: string; host?: string };
}

/** Times as the API has them, in whole seconds. */
export function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}

import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Logger } from '../../service/logger';
import { eventually } from '../../service/testing/test-service';
import { openVolumes, type VolumesOptions } from '../../service/volumes/open';
import type { Progress, VersionVolume, Volumes } from '../../service/volumes/volumes';
import { ApiError } from './api';
import { startCluster, type Cluster } from './cluster';
import { createHubRole } from './hub-role';
import type { Image } from './kubelet/image';
import type {
  Claim,
  Event,
  KubernetesObject,
  PersistentVolume,
  Pod,
  Volume,
  VolumeMount,
  VolumeSnapshot
} from './objects';
import { createServiceRole } from './service-role';

export const IMAGE = 'test/base:1';
export const HUB_API = 'http://hub:8081/hub/api';
export const OWNER = 'alice';
export const BASE: Image = {
  user: { name: 'jovyan', uid: 1000, gid: 100 },
  home: '/home/jovyan',
  env: {},
  command: ['sleep', 'infinity']
};
const quiet: Logger = { info: () => {}, warn: () => {}, error: () => {} };

/** A cluster with an author's server in it, and the part of the service that clones volumes. */
export interface VolumesWorld {
  cluster: Cluster;
  /** Opens the volumes of a service: of the same one each time, unless `instance` is another. */
  open(options?: Partial<VolumesOptions>): Volumes;
  claim(name: string, spec?: Partial<Claim['spec']>): Promise<Claim>;
  /** The folder of a claim's volume, once it has one. */
  folder(claim: string): Promise<string>;
  find(claim: string): Promise<Claim | null>;
  /** A pod as KubeSpawner makes them, which mounts claims and runs a shell script. */
  server(options: ServerOptions): Promise<Pod>;
  events(name: string): Promise<Event[]>;
  remove(path: string): Promise<void>;
  /** Names of all claims and snapshots that a service has made. */
  made(): Promise<string[]>;
  /** Names of the folders of all volumes that the driver has. */
  volumes(): string[];
  snapshots: string;
  claims: string;
  pods: string;
}

export interface ServerOptions {
  name: string;
  owner?: string;
  server?: string;
  hubApi?: string;
  script?: string;
  volumes?: Volume[];
  mounts?: VolumeMount[];
  /** Ends by itself. */
  once?: boolean;
  image?: string;
  serviceAccountName?: string;
  env?: Record<string, string>;
}

export async function startVolumesWorld(images: Record<string, Image> = {}): Promise<VolumesWorld> {
  const cluster = await startCluster({ [IMAGE]: BASE, ...images });
  const { api, path } = cluster;
  const claims = `${path}/persistentvolumeclaims`;
  const pods = `${path}/pods`;
  const snapshots = `/apis/snapshot.storage.k8s.io/v1/namespaces/${cluster.namespace}/volumesnapshots`;
  await createHubRole(api, cluster.namespace);
  await createServiceRole(api, cluster.namespace);

  const find = <T extends KubernetesObject>(where: string) =>
    api.get<T>(where).catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 404) {
        return null;
      }
      throw error;
    });

  return {
    cluster,
    claims,
    pods,
    snapshots,

    open(options) {
      const opened = openVolumes({
        kubeconfig: cluster.kubeconfig('service'),
        namespace: null,
        instance: 'first',
        hubApiUrls: [HUB_API],
        snapshotClass: null,
        limitMs: 60_000,
        clock: Date.now,
        log: quiet,
        ...options
      });
      return {
        locate: async (...args) => (await opened).locate(...args),
        make: async (...args) => (await opened).make(...args),
        claims: async (...args) => (await opened).claims(...args),
        remove: async (...args) => (await opened).remove(...args),
        sweep: async (...args) => (await opened).sweep(...args),
        rights: async (...args) => (await opened).rights(...args)
      };
    },

    claim: (name, spec = {}) =>
      api.create<Claim>(claims, {
        metadata: { name },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec }
      }),

    async folder(name) {
      const bound = await eventually(async () => {
        const found = await api.get<Claim>(`${claims}/${name}`);
        return found.status?.phase === 'Bound' && found;
      });
      const volume = await api.get<PersistentVolume>(`/api/v1/persistentvolumes/${bound.spec.volumeName}`);
      return cluster.volume(volume.spec.csi!.volumeHandle);
    },

    find: name => find<Claim>(`${claims}/${name}`),

    async server({ name, script = 'exec sleep infinity', volumes = [], mounts = [], once = false, ...more }) {
      const { owner = OWNER, server = '', hubApi = HUB_API, image = IMAGE, serviceAccountName, env = {} } = more;
      const variables = { JUPYTERHUB_API_URL: hubApi, JUPYTERHUB_API_TOKEN: 'secret', ...env };
      await api.create<Pod>(pods, {
        metadata: {
          name,
          labels: { 'hub.jupyter.org/username': `${owner}---slug`, component: 'singleuser-server' },
          annotations: {
            'hub.jupyter.org/username': owner,
            ...(server && { 'hub.jupyter.org/servername': server })
          }
        },
        spec: {
          terminationGracePeriodSeconds: 1,
          restartPolicy: 'Never',
          serviceAccountName,
          containers: [
            {
              name: 'notebook',
              image,
              command: ['sh', '-c', script],
              env: Object.entries(variables).map(([variable, value]) => ({ name: variable, value })),
              volumeMounts: mounts
            }
          ],
          volumes
        }
      });
      const phases = once ? ['Succeeded', 'Failed'] : ['Running'];
      return eventually(async () => {
        const pod = await api.get<Pod>(`${pods}/${name}`);
        return phases.includes(pod.status?.phase ?? '') && pod;
      });
    },

    events: async name => (await api.list<Event>(`${path}/events?fieldSelector=involvedObject.name%3D${name}`)).items,

    async remove(where) {
      await api.delete(where);
      await eventually(async () => (await find(where)) === null);
    },

    async made() {
      const lists = [await api.list<Claim>(claims), await api.list<VolumeSnapshot>(snapshots)];
      return lists
        .flatMap(({ items }) => items.map(({ metadata }) => metadata.name))
        .filter(name => name.startsWith('dash-'));
    },

    volumes: () => readdirSync(join(cluster.storage.root, 'volumes')).filter(name => !name.endsWith('.size'))
  };
}

export function homeOf(claim: string): Volume {
  return { name: 'home', persistentVolumeClaim: { claimName: claim } };
}

let made = 0;

/** A version of a dashboard that no other test has. */
export function newVersion(more: Partial<VersionVolume> = {}): VersionVolume {
  made += 1;
  return { dashboardId: `dashboard${made}`, n: 1, buildId: `build${made}`, owner: OWNER, ...more };
}

/** Somebody who waits, and reads what they are told. */
export function newProgress(): Progress & { lines: string[]; stop: AbortController } {
  const stop = new AbortController();
  const lines: string[] = [];
  return { stop, lines, signal: stop.signal, line: text => void lines.push(text) };
}

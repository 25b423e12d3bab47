import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { eventually } from '../../service/testing/test-service';
import { ask } from '../request';
import { ApiError } from './api';
import { startCluster, type Cluster } from './cluster';
import { command } from './command';
import type { Image } from './kubelet/image';
import type { Claim, Container, Event, PersistentVolume, Pod, VolumeSnapshot } from './objects';
import { LATE_STORAGE_CLASS, SNAPSHOT_CLASS } from './storage';

const IMAGE: Image = {
  user: { name: 'jovyan', uid: 1000, gid: 100 },
  home: '/home/jovyan',
  env: {},
  command: ['sleep', 'infinity']
};
const FS_GROUP = 4242;

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ 'test/base:1': IMAGE });
});

afterAll(async () => {
  // The last test has stopped it, unless it did not get that far.
  await cluster?.stop();
});

const claims = () => `${cluster.path}/persistentvolumeclaims`;
const pods = () => `${cluster.path}/pods`;
const snapshots = () => `/apis/snapshot.storage.k8s.io/v1/namespaces/${cluster.namespace}/volumesnapshots`;

function claim(name: string, more: Partial<Claim['spec']> = {}): Promise<Claim> {
  return cluster.api.create<Claim>(claims(), {
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...more }
  });
}

/** The folder of a claim's volume, once it has one. */
async function provisioned(name: string): Promise<string> {
  const bound = await eventually(async () => {
    const found = await cluster.api.get<Claim>(`${claims()}/${name}`);
    return found.status?.phase === 'Bound' && found;
  });
  const volume = await cluster.api.get<PersistentVolume>(`/api/v1/persistentvolumes/${bound.spec.volumeName}`);
  return cluster.volume(volume.spec.csi!.volumeHandle);
}

function pod(name: string, container: Partial<Container>, spec: Partial<Pod['spec']> = {}): Promise<Pod> {
  return cluster.api.create<Pod>(pods(), {
    metadata: { name },
    spec: {
      terminationGracePeriodSeconds: 1,
      restartPolicy: 'Never',
      containers: [{ name: 'main', image: 'test/base:1', ...container }],
      ...spec
    }
  });
}

function inPhase(name: string, phase: string) {
  return eventually(async () => {
    const found = await cluster.api.get<Pod>(`${pods()}/${name}`);
    return found.status?.phase === phase && found;
  });
}

async function events(name: string): Promise<Event[]> {
  return (await cluster.api.list<Event>(`${cluster.path}/events?fieldSelector=involvedObject.name%3D${name}`)).items;
}

/** Deletes an object, and waits until there is none of its name. */
async function deleted(path: string): Promise<void> {
  await cluster.api.delete(path);
  await eventually(() =>
    cluster.api.get(path).then(
      () => false,
      (error: unknown) => error instanceof ApiError && error.status === 404
    )
  );
}

test('a claim is provisioned, cloned and restored from a snapshot, each with a content of its own', async () => {
  await claim('source');
  const source = await provisioned('source');
  writeFileSync(join(source, 'data'), 'first');
  await claim('clone', { dataSource: { kind: 'PersistentVolumeClaim', name: 'source' } });
  const clone = await provisioned('clone');
  await cluster.api.create<VolumeSnapshot>(snapshots(), {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshot',
    metadata: { name: 'snapshot' },
    spec: { volumeSnapshotClassName: SNAPSHOT_CLASS, source: { persistentVolumeClaimName: 'source' } }
  });
  await eventually(async () => {
    const { status } = await cluster.api.get<VolumeSnapshot>(`${snapshots()}/snapshot`);
    return status?.readyToUse;
  });
  writeFileSync(join(source, 'data'), 'second');
  await claim('restored', {
    dataSource: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'snapshot' }
  });
  const restored = await provisioned('restored');

  expect(readFileSync(join(source, 'data'), 'utf8')).toBe('second');
  expect(readFileSync(join(clone, 'data'), 'utf8')).toBe('first');
  expect(readFileSync(join(restored, 'data'), 'utf8')).toBe('first');
  expect(new Set([source, clone, restored]).size).toBe(3);
});

test('a clone that is smaller than its source stays pending, with an event that says so', async () => {
  await claim('large');
  await provisioned('large');
  await claim('small', {
    dataSource: { kind: 'PersistentVolumeClaim', name: 'large' },
    resources: { requests: { storage: '1Mi' } }
  });
  const failed = await eventually(async () =>
    (await events('small')).find(event => event.reason === 'ProvisioningFailed')
  );
  expect(failed.message).toMatch(/size/);
  const { status } = await cluster.api.get<Claim>(`${claims()}/small`);
  expect(status?.phase).toBe('Pending');
});

test('a claim of the class that waits is provisioned once a pod uses it', async () => {
  await claim('late', { storageClassName: LATE_STORAGE_CLASS });
  await eventually(async () => (await events('late')).some(event => event.reason === 'WaitForFirstConsumer'));
  const volumes = [{ name: 'late', persistentVolumeClaim: { claimName: 'late' } }];
  await pod('consumer', { volumeMounts: [{ name: 'late', mountPath: '/late' }] }, { volumes });
  await inPhase('consumer', 'Running');
  expect(await provisioned('late')).toContain(cluster.folder);
  await deleted(`${pods()}/consumer`);
});

test('a pod has an address of its own, volumes as mounted, and the files of its claim stay when it is deleted', async () => {
  await claim('home');
  await cluster.api.create(`${cluster.path}/configmaps`, { metadata: { name: 'words' }, data: { word: 'hello' } });
  const look = [
    'id -u; id -G; hostname',
    'cat /data/file; touch /data/other 2>/dev/null || echo read-only',
    'stat -c "%g" /home/jovyan/made',
    'cat /words/word; echo',
    'echo "$GREETING to $POD"',
    'exec python3 -m http.server 8888 --bind 0.0.0.0 --directory /home/jovyan'
  ].join('\n');
  await pod(
    'server',
    {
      command: ['sh', '-c', look],
      env: [
        { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'GREETING', value: '$(POD) says hello' }
      ],
      volumeMounts: [
        { name: 'home', mountPath: '/home/jovyan' },
        { name: 'home', mountPath: '/data', subPath: 'project', readOnly: true },
        { name: 'words', mountPath: '/words' }
      ]
    },
    {
      securityContext: { fsGroup: FS_GROUP },
      initContainers: [
        {
          name: 'prepare',
          image: 'test/base:1',
          command: ['sh', '-c', 'mkdir -p project; echo content > project/file; echo home > index.html; touch made'],
          volumeMounts: [{ name: 'home', mountPath: '/home/jovyan' }]
        }
      ],
      volumes: [
        { name: 'home', persistentVolumeClaim: { claimName: 'home' } },
        { name: 'words', configMap: { name: 'words' } }
      ]
    }
  );
  const { status } = await inPhase('server', 'Running');
  const answer = await eventually(() => ask(`http://${status?.podIP}:8888/`).catch(() => null));

  expect(answer.text).toBe('home\n');
  expect(cluster.output('server', 'main').split('\n').slice(0, 8)).toEqual([
    '1000',
    `100 ${FS_GROUP}`,
    'server',
    'content',
    'read-only',
    String(FS_GROUP),
    'hello',
    'server says hello to server'
  ]);

  await deleted(`${pods()}/server`);
  await expect(ask(`http://${status?.podIP}:8888/`)).rejects.toThrow();
  const home = await provisioned('home');
  expect(readFileSync(join(home, 'project/file'), 'utf8')).toBe('content\n');
  expect(statSync(join(home, 'made')).gid).toBe(FS_GROUP);
});

test('a pod asks the API server with the token of its service account, and is nobody there', async () => {
  const token = '/var/run/secrets/kubernetes.io/serviceaccount';
  const url = 'https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT/api/v1/namespaces/jhub/pods';
  const question = `import os, ssl, urllib.request as r
c = ssl.create_default_context(cafile="${token}/ca.crt")
q = r.Request(os.path.expandvars("${url}"), headers={"Authorization": "Bearer " + open("${token}/token").read()})
try: r.urlopen(q, context=c)
except r.HTTPError as e: print(e.code, e.read().decode())`;
  await pod('asking', { command: ['python3', '-c', question] });
  await inPhase('asking', 'Succeeded');
  expect(cluster.output('asking', 'main')).toMatch(/^403 .*system:serviceaccount:jhub:default/s);
});

test('a pod with an image that nobody has stays pending, and its events say why', async () => {
  await pod('unknown', { image: 'nobody/has:this' });
  const state = await eventually(async () => {
    const { status } = await cluster.api.get<Pod>(`${pods()}/unknown`);
    return status?.containerStatuses?.[0]?.state;
  });
  expect(state).toMatchObject({ waiting: { reason: 'ErrImagePull' } });
  const warnings = (await events('unknown')).filter(event => event.type === 'Warning');
  expect(warnings.map(event => event.message)).toContain('Error: ErrImagePull');
  expect(warnings.map(event => event.message).join()).toContain('nobody/has:this');
  await deleted(`${pods()}/unknown`);
});

test('a container that ends is started again where its pod says so, and fails its pod where not', async () => {
  const ends = { command: ['sh', '-c', 'echo again; exit 3'] };
  await pod('once', ends);
  await pod('again', ends, { restartPolicy: 'Always' });
  const { status } = await inPhase('once', 'Failed');
  expect(status?.containerStatuses?.[0]?.state).toMatchObject({ terminated: { exitCode: 3, reason: 'Error' } });
  await eventually(async () => {
    const again = await cluster.api.get<Pod>(`${pods()}/again`);
    return (again.status?.containerStatuses?.[0]?.restartCount ?? 0) >= 1;
  });
  await eventually(() => cluster.output('again', 'main').startsWith('again\nagain\n'));
});

test('a sub-path that is not there is made as its volume is, so that the group of the pod writes there', async () => {
  await claim('folders');
  const volume = await provisioned('folders');
  await pod(
    'writing',
    {
      command: ['sh', '-c', 'echo content > /data/file'],
      volumeMounts: [{ name: 'data', mountPath: '/data', subPath: 'homes/alice' }]
    },
    {
      securityContext: { fsGroup: FS_GROUP },
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'folders' } }]
    }
  );
  await inPhase('writing', 'Succeeded');
  expect(readFileSync(join(volume, 'homes/alice/file'), 'utf8')).toBe('content\n');
  expect(statSync(join(volume, 'homes/alice')).gid).toBe(FS_GROUP);
});

test('a sub-path that a link leads out of its volume is not mounted', async () => {
  await claim('linked');
  const volume = await provisioned('linked');
  await command('ln', '-s', '/etc', join(volume, 'out'));
  const volumes = [{ name: 'home', persistentVolumeClaim: { claimName: 'linked' } }];
  await pod('curious', { volumeMounts: [{ name: 'home', mountPath: '/data', subPath: 'out' }] }, { volumes });
  const { status } = await inPhase('curious', 'Failed');
  expect(status?.message).toContain('leads out of its volume');
});

test('nothing is left of a cluster that has ended, not even of a pod that ran', async () => {
  await pod('running', { command: ['sleep', 'infinity'] });
  await inPhase('running', 'Running');
  const { id, folder } = cluster;
  expect(processes(folder)).not.toEqual([]);
  expect(await command('ip', 'link')).toContain(id);
  await cluster.stop();
  expect(processes(folder)).toEqual([]);
  expect(await command('ip', 'link')).not.toContain(id);
  expect(await command('ip', 'netns', 'list')).not.toContain(id);
  expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(folder);
  expect(() => statSync(folder)).toThrow('ENOENT');
});

/** Processes whose arguments or root have something to do with a folder. */
function processes(folder: string): string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => {
      try {
        const mounts = readFileSync(`/proc/${pid}/mounts`, 'utf8');
        return mounts.includes(folder) || readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
      } catch {
        return false;
      }
    });
}

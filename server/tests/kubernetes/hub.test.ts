import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { eventually } from '../../service/testing/test-service';
import { openVolumes } from '../../service/volumes/open';
import { ask } from '../request';
import { startKubernetesHub, type KubernetesHub } from './hub';
import type { Claim, PersistentVolume, Pod } from './objects';
import { startProductCluster, type ProductCluster } from './product';

let cluster: ProductCluster;
let hub: KubernetesHub;

beforeAll(async () => {
  cluster = await startProductCluster();
  hub = await startKubernetesHub(cluster, { users: ['alice'] });
});

afterAll(async () => {
  await hub?.stop();
  await cluster?.stop();
});

/** Starts a server of Alice's, and answers with its pod once the Hub says that it is ready. */
async function started(server: string): Promise<Pod> {
  const { status } = await hub.api('POST', `users/alice/servers/${server}`);
  expect([201, 202]).toContain(status);
  const name = await eventually(async () => {
    const { body } = await hub.api('GET', 'users/alice');
    const { servers } = body as { servers: Record<string, { ready: boolean; state: { pod_name: string } | null }> };
    const found = servers[server];
    return found?.ready && (found.state?.pod_name ?? `no state: ${JSON.stringify(found)}`);
  }, 150_000).catch(error => {
    throw new Error(`no server: ${hub.log().slice(-3_000)}`, { cause: error });
  });
  return cluster.api.get<Pod>(`${cluster.path}/pods/${name}`);
}

async function stopped(server: string, pod: Pod): Promise<void> {
  await hub.api('DELETE', `users/alice/servers/${server}`);
  await eventually(() =>
    cluster.api.get(`${cluster.path}/pods/${pod.metadata.name}`).then(
      () => false,
      () => true
    )
  );
}

function claimOf(pod: Pod): string | undefined {
  return pod.spec.volumes?.find(volume => volume.persistentVolumeClaim)?.persistentVolumeClaim?.claimName;
}

async function folderOf(claimName: string): Promise<string> {
  const claim = await cluster.api.get<Claim>(`${cluster.path}/persistentvolumeclaims/${claimName}`);
  const volume = await cluster.api.get<PersistentVolume>(`/api/v1/persistentvolumes/${claim.spec.volumeName}`);
  return cluster.volume(volume.spec.csi!.volumeHandle);
}

test('a server runs as a pod, answers through the proxy, and keeps its home when it is stopped', async () => {
  const pod = await started('');
  expect(claimOf(pod)).toBe('claim-alice');
  const { body } = await hub.api('POST', 'users/alice/tokens', { note: 'test' });
  const headers = { authorization: `token ${(body as { token: string }).token}` };
  const file = `${hub.url}user/alice/api/contents/note.txt`;
  const content = JSON.stringify({ type: 'file', format: 'text', content: 'marker' });
  const written = await ask(file, {
    method: 'PUT',
    headers: { ...headers, 'content-type': 'application/json' },
    body: content
  });
  expect(written.status).toBe(201);
  const home = await folderOf('claim-alice');
  expect(readFileSync(join(home, 'note.txt'), 'utf8')).toBe('marker');

  await stopped('', pod);
  expect(readFileSync(join(home, 'note.txt'), 'utf8')).toBe('marker');
  const again = await started('');
  expect(again.metadata.uid).not.toBe(pod.metadata.uid);
  const read = await ask(file, { headers });
  expect(JSON.parse(read.text)).toMatchObject({ content: 'marker' });
  await stopped('', again);
});

test('a named server has a claim of its own, which is empty, and no service account', async () => {
  const pod = await started('second');
  expect(claimOf(pod)).toBe('claim-alice--second');
  expect(await folderOf('claim-alice--second')).not.toBe(await folderOf('claim-alice'));
  const projected = pod.spec.volumes?.filter(volume => volume.projected) ?? [];
  expect(projected).toEqual([]);
  await stopped('second', pod);
});

test('the volume that a server has its files on is found by what the Hub has written on its pod', async () => {
  const pod = await started('third');
  const hubApi = pod.spec.containers[0]?.env?.find(({ name }) => name === 'JUPYTERHUB_API_URL')?.value ?? '';
  expect(hubApi).toMatch(/^http:/);
  const volumes = await openVolumes({
    kubeconfig: cluster.kubeconfig('hub'),
    namespace: null,
    instance: 'test',
    hubApiUrls: [hubApi],
    snapshotClass: null,
    limitMs: 60_000,
    clock: Date.now,
    log: { info: () => {}, warn: () => {}, error: () => {} }
  });
  const root = '/home/jovyan/project';
  const found = { claim: 'claim-alice--third', subPath: 'project', node: pod.spec.nodeName };
  expect(await volumes.locate('alice', 'third', root)).toEqual(found);
  await expect(volumes.locate('alice', '', root)).rejects.toMatchObject({ code: 'source_not_running' });
  await stopped('third', pod);
  await expect(volumes.locate('alice', 'third', root)).rejects.toMatchObject({ code: 'source_not_running' });
});

test('the Hub may do what Zero to JupyterHub allows it, and nothing with snapshots', async () => {
  const api = cluster.as('hub');
  await expect(api.list(`${cluster.path}/persistentvolumeclaims`)).resolves.toMatchObject({ kind: expect.any(String) });
  const snapshots = `/apis/snapshot.storage.k8s.io/v1/namespaces/${cluster.namespace}/volumesnapshots`;
  await expect(api.list(snapshots)).rejects.toMatchObject({ status: 403, reason: 'Forbidden' });
  await expect(api.merge(`${cluster.path}/pods/any`, {})).rejects.toMatchObject({ status: 403 });
});

import { join } from 'node:path';

import { eventually } from '../../service/testing/test-service';
import { createKubernetesClient } from '../../service/volumes/cluster/client';
import { connect } from '../../service/volumes/cluster/connection';
import { CLAIMS } from '../../service/volumes/cluster/objects';
import { createNames } from '../../service/volumes/names';
import type { VolumesOptions } from '../../service/volumes/open';
import type { CloneStrategy } from '../../service/volumes/clone-strategy';
import { LeftForLater } from '../../service/volumes/volumes';
import { variable } from '../installation';
import { startDriver, type Driver } from './driver';
import { startFaultyProxy, type FaultyProxy } from './faulty-proxy';
import type { Claim, KubernetesObject, PersistentVolume } from './objects';
import { newProgress, newVersion, startVolumesWorld, type VolumesWorld } from './volumes-world';

const HOME = { claim: 'claim-alice', subPath: '', node: null };
const CLONED_BY_NOBODY = 'uncloned';
const DRIVER_WITHOUT_CLONES = 'uncloned.csi.test';

let world: VolumesWorld;
let proxy: FaultyProxy;
let uncloned: Driver;

beforeAll(async () => {
  world = await startVolumesWorld();
  const { cluster } = world;
  proxy = await startFaultyProxy(cluster.kubeconfig('service'), join(cluster.folder, 'faulty.kubeconfig'));
  uncloned = await startDriver(join(cluster.folder, 'uncloned'), {
    binaries: variable('DASHBOARDS_KUBERNETES', "the folder of the test cluster's programs"),
    kubeconfig: cluster.kubeconfig('storage'),
    name: DRIVER_WITHOUT_CLONES,
    clones: false
  });
  await createClass(CLONED_BY_NOBODY, DRIVER_WITHOUT_CLONES);
  await world.claim(HOME.claim);
  await world.folder(HOME.claim);
});

afterEach(() => {
  proxy.fault = () => undefined;
  world.cluster.storage.release();
});

afterAll(async () => {
  await proxy?.stop();
  await uncloned?.stop();
  await world?.cluster.stop();
});

function createClass(name: string, provisioner: string): Promise<unknown> {
  const made: KubernetesObject & { provisioner: string } = { metadata: { name }, provisioner };
  return world.cluster.api.create('/apis/storage.k8s.io/v1/storageclasses', made);
}

const faulty = () => world.open({ kubeconfig: proxy.kubeconfig });

/** What becomes of a version of a volume: the problem that its author is told, once nothing is left of it. */
async function failureOf(
  claim: string,
  options: Partial<VolumesOptions> = {},
  how: CloneStrategy = 'clone'
): Promise<unknown> {
  const version = newVersion();
  const failure = await world
    .open(options)
    .make(version, { ...HOME, claim }, how, newProgress())
    .then(
      () => null,
      (error: unknown) => error
    );
  expect(await world.made()).not.toContain(createNames('first').of(version));
  return failure;
}

describe('a version is made all the same', () => {
  async function madeThroughFaults(how: CloneStrategy = 'clone'): Promise<void> {
    const version = newVersion();
    await faulty().make(version, HOME, how, newProgress());
    expect((await world.open().claims(version.dashboardId)).size).toBe(1);
  }

  /** Each request meets it once, and is let through when it is asked again. */
  function once(fault: ReturnType<FaultyProxy['fault']>, ...methods: string[]): void {
    const met = new Set<string>();
    proxy.fault = (method, path) => {
      const [where = ''] = path.split('?');
      const isFirst = !met.has(method + where) && (methods.length === 0 || methods.includes(method));
      met.add(method + where);
      return isFirst ? fault : undefined;
    };
  }

  it.each(['clone', 'volume-snapshot'] as const)('by %s where each request fails once with 500', async how => {
    once({ status: 500 });
    await madeThroughFaults(how);
  });

  it('where the API server has too much to do, and says for how long', async () => {
    once({ status: 429, headers: { 'retry-after': '1' } });
    await madeThroughFaults();
  });

  it('where another request that counts on the same quota got in the way', async () => {
    once({ status: 409, body: { reason: 'Conflict', message: 'the object has been modified' } }, 'POST', 'DELETE');
    await madeThroughFaults('volume-snapshot');
  });

  it.each(['clone', 'volume-snapshot'] as const)('by %s where each connection breaks once', async how => {
    once('drop');
    await madeThroughFaults(how);
  });

  it('once, where the answer to what was done is lost', async () => {
    once('drop-answer');
    await madeThroughFaults('volume-snapshot');
  });

  it('where the API server is away while it waits', async () => {
    const version = newVersion();
    const { storage } = world.cluster;
    storage.hold();
    const made = faulty().make(version, HOME, 'clone', newProgress());
    const name = createNames('first').of(version);
    await eventually(() => world.find(name));
    proxy.fault = () => 'drop';
    const before = proxy.asked.length;
    storage.release();
    await world.folder(name);
    await eventually(() => proxy.asked.length > before + 2);
    proxy.fault = () => undefined;
    await made;
  });

  it('where events may not be read', async () => {
    const refused = {
      status: 403,
      body: { reason: 'Forbidden', message: 'events is forbidden: User "x" cannot list resource "events"' }
    };
    proxy.fault = (_, path) => (path.includes('/events') ? refused : undefined);
    await madeThroughFaults();
  });
});

it('a list is read in parts, from the beginning where that has taken too long', async () => {
  const client = createKubernetesClient(await connect({ kubeconfig: proxy.kubeconfig, namespace: null }), 2);
  for (const name of ['claim-a', 'claim-b', 'claim-c', 'claim-d']) {
    await world.claim(name);
  }
  let tooLong = true;
  proxy.fault = (_, path) => {
    const fault = path.includes('continue=') && tooLong ? { status: 410 } : undefined;
    tooLong &&= !fault;
    return fault;
  };
  const names = (await client.list(CLAIMS, { labels: '' })).map(({ metadata }) => metadata.name);
  expect(names).toEqual(expect.arrayContaining(['claim-a', 'claim-b', 'claim-c', 'claim-d']));
  expect(new Set(names).size).toBe(names.length);
  expect(tooLong).toBe(false);
});

describe('a version is not made, nothing is left of it, and its author is told', () => {
  it('that the API does not answer; what it has begun is swept away when that is back', async () => {
    const version = newVersion();
    const name = createNames('first').of(version);
    world.cluster.storage.hold();
    const volumes = world.open({ kubeconfig: proxy.kubeconfig, limitMs: 3_000 });
    const made = volumes.make(version, HOME, 'clone', newProgress());
    await eventually(() => world.find(name));
    proxy.fault = () => ({ status: 503 });
    await expect(made).rejects.toMatchObject({ code: 'kubernetes_unavailable' });
    expect(await world.find(name)).not.toBeNull();
    proxy.fault = () => undefined;
    await volumes.sweep(new Map());
    await eventually(async () => (await world.find(name)) === null);
  });

  it('that the storage cannot clone', async () => {
    await world.claim('claim-uncloned', { storageClassName: CLONED_BY_NOBODY });
    await bound('claim-uncloned');
    expect(await failureOf('claim-uncloned')).toMatchObject({
      code: 'clone_unsupported',
      message: 'The storage that the volume claim-uncloned is on cannot clone volumes.',
      fix: expect.stringContaining('relay'),
      detail: expect.stringContaining('CLONE_VOLUME capability is not reported')
    });
  });

  it('that no class of snapshots is set', async () => {
    expect(await failureOf('claim-uncloned', {}, 'volume-snapshot')).toMatchObject({
      code: 'clone_unsupported',
      message: 'No class of snapshots is set for the storage that the volume claim-uncloned is on.'
    });
  });

  it('that the class of snapshots is not there', async () => {
    expect(await failureOf(HOME.claim, { snapshotClass: 'missing' }, 'volume-snapshot')).toMatchObject({
      code: 'clone_unsupported',
      message: 'The class of snapshots missing is not there.'
    });
  });

  it('which right is missing, with what Zero to JupyterHub gives its Hub', async () => {
    const kubeconfig = world.cluster.kubeconfig('hub');
    expect(await failureOf(HOME.claim, { kubeconfig }, 'volume-snapshot')).toMatchObject({
      code: 'kubernetes_forbidden',
      message: 'The dashboards service may not get volumesnapshots in the namespace jhub.',
      fix: expect.stringContaining('jupyterhub-dashboards values')
    });
    const version = newVersion();
    await world.open({ kubeconfig }).make(version, HOME, 'clone', newProgress());
    await world.open({ kubeconfig }).remove(version.dashboardId, []);
    await eventually(async () => (await world.open().claims(version.dashboardId)).size === 0);
  });

  it('that it took too long; then the source can be deleted', async () => {
    await world.claim('claim-slow');
    await world.folder('claim-slow');
    world.cluster.storage.hold();
    expect(await failureOf('claim-slow', { limitMs: 2_000 })).toMatchObject({
      code: 'clone_timeout',
      message: 'The volume claim-slow was not cloned within 2 s.',
      fix: expect.stringContaining('clone_timeout')
    });
    world.cluster.storage.release();
    await world.remove(`${world.claims}/claim-slow`);
  });

  it('that nobody makes volumes of this class any more', async () => {
    await createClass('gone', DRIVER_WITHOUT_CLONES);
    await world.claim('claim-gone', { storageClassName: 'gone' });
    await bound('claim-gone');
    await world.cluster.api.delete('/apis/storage.k8s.io/v1/storageclasses/gone');
    expect(await failureOf('claim-gone')).toMatchObject({
      code: 'clone_unsupported',
      message: 'The storage class of the volume claim-gone is not there any more.'
    });
  });

  it('that the volume has no class', async () => {
    await staticVolume('by-hand', '');
    await world.claim('claim-static', { storageClassName: '', volumeName: 'by-hand' });
    await bound('claim-static');
    expect(await failureOf('claim-static')).toMatchObject({
      code: 'clone_unsupported',
      message: expect.stringContaining('has no storage class')
    });
  });

  it.each(['clone', 'volume-snapshot'] as const)(
    'that the source of a %s was deleted meanwhile, which it then is',
    async how => {
      const name = `claim-deleted-${how}`;
      await world.claim(name);
      await world.folder(name);
      world.cluster.storage.hold();
      const version = newVersion();
      const made = world.open().make(version, { ...HOME, claim: name }, how, newProgress());
      const path = `${how === 'clone' ? world.claims : world.snapshots}/${createNames('first').of(version)}`;
      await eventually(() => world.cluster.api.get(path).catch(() => null));
      // The source is kept while something is made of it.
      await eventually(async () =>
        (await world.find(name))?.metadata.finalizers?.some(one => /cloning|as-source/.test(one))
      );
      await world.cluster.api.delete(`${world.claims}/${name}`);
      await expect(made).rejects.toMatchObject({
        code: 'clone_failed',
        message: expect.stringContaining(`The volume ${name}, which the files are on, was deleted`)
      });
      world.cluster.storage.release();
      await eventually(async () => !(await world.made()).includes(createNames('first').of(version)));
      await eventually(async () => (await world.find(name)) === null);
    }
  );

  it('that there is no such volume', async () => {
    expect(await failureOf('claim-nobody')).toMatchObject({ code: 'clone_failed' });
  });

  it('that the source has become larger', async () => {
    const older = (text: string) => text.replaceAll('"1Gi"', '"1Mi"');
    proxy.fault = (method, path) => (method === 'GET' && path.endsWith(HOME.claim) ? older : undefined);
    expect(await failureOf(HOME.claim, { kubeconfig: proxy.kubeconfig })).toMatchObject({
      code: 'clone_failed',
      message: expect.stringContaining('has become larger'),
      detail: expect.stringContaining('greater than or equal in size')
    });
  });

  it('that a volume was there already, whose content is nobody’s', async () => {
    await createClass('mixed', DRIVER_WITHOUT_CLONES);
    await world.claim('claim-mixed', { storageClassName: 'mixed' });
    await bound('claim-mixed');
    await staticVolume('left-over', 'mixed');
    expect(await failureOf('claim-mixed')).toMatchObject({
      code: 'clone_failed',
      message: expect.stringContaining('the volume left-over, which was there before')
    });
  });

  it('that a quota is used up', async () => {
    const quotas = `${world.cluster.path}/resourcequotas`;
    const quota: KubernetesObject & { spec: object } = {
      metadata: { name: 'few' },
      spec: { hard: { persistentvolumeclaims: '1' } }
    };
    await world.cluster.api.create(quotas, quota);
    await eventually(async () => {
      const { status } = await world.cluster.api.get<KubernetesObject & { status?: { used?: object } }>(
        `${quotas}/few`
      );
      return status?.used;
    });
    try {
      expect(await failureOf(HOME.claim)).toMatchObject({
        code: 'disk_full',
        message: expect.stringContaining('quota'),
        detail: expect.stringContaining('exceeded quota: few')
      });
    } finally {
      await world.remove(`${quotas}/few`);
    }
  });
});

it('a service that was killed while it made a volume has it swept away by the next', async () => {
  const version = newVersion();
  const name = createNames('first').of(version);
  const progress = newProgress();
  world.cluster.storage.hold();
  const made = faulty().make(version, HOME, 'clone', progress);
  await eventually(() => world.find(name));
  // Nothing that it does reaches anybody from here on.
  proxy.fault = () => 'drop';
  progress.stop.abort(new LeftForLater());
  await expect(made).rejects.toMatchObject({ code: 'cancelled' });
  await world.open().sweep(new Map([[version.dashboardId, [2]]]));
  await eventually(async () => (await world.find(name)) === null);
});

function bound(name: string): Promise<Claim> {
  return eventually(async () => {
    const found = await world.cluster.api.get<Claim>(`${world.claims}/${name}`);
    return found.status?.phase === 'Bound' && found;
  });
}

/** A volume that somebody has made by hand, for whoever claims one of its class. */
function staticVolume(name: string, storageClassName: string): Promise<unknown> {
  const volume: PersistentVolume & { spec: object } = {
    metadata: { name },
    spec: {
      storageClassName,
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      hostPath: { path: '/nowhere' }
    } as PersistentVolume['spec']
  };
  return world.cluster.api.create('/api/v1/persistentvolumes', volume);
}

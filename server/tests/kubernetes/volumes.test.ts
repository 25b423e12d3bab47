import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'esbuild';

import { eventually } from '../../service/testing/test-service';
import { createNames } from '../../service/volumes/names';
import { LeftForLater } from '../../service/volumes/volumes';
import type { Claim, VolumeSnapshot } from './objects';
import { COARSE_SIZE, COARSE_STORAGE_CLASS, LATE_STORAGE_CLASS, STORAGE_CLASS } from './storage';
import {
  BASE,
  HUB_API,
  homeOf,
  newProgress,
  newVersion,
  OWNER,
  startVolumesWorld,
  type VolumesWorld
} from './volumes-world';

let world: VolumesWorld;

beforeAll(async () => {
  world = await startVolumesWorld({ 'test/node:1': { ...BASE, files: [process.execPath] } });
  await world.claim('claim-alice');
  await world.server({
    name: 'jupyter-alice',
    script: 'mkdir -p project && echo first > project/marker && exec sleep infinity',
    volumes: [homeOf('claim-alice'), { name: 'scratch', emptyDir: {} }],
    mounts: [
      { name: 'home', mountPath: '/home/jovyan' },
      { name: 'home', mountPath: '/shared', subPath: 'for/all' },
      { name: 'scratch', mountPath: '/home/jovyan/scratch' }
    ]
  });
  await written('claim-alice', 'project/marker', 'first\n');
});

afterAll(() => world?.cluster.stop());

/** Waits until a server has written into its home. */
async function written(claim: string, file: string, text: string): Promise<void> {
  const path = join(await world.folder(claim), file);
  await eventually(() => existsSync(path) && readFileSync(path, 'utf8') === text);
}

const alice = () => world.open().locate(OWNER, '', '/home/jovyan/project');

/** What the claim of a version holds, as a server reads it that has its sub-path mounted. */
async function served(claim: string, subPath: string): Promise<string> {
  await world.server({
    name: `reads-${claim}`,
    once: true,
    owner: 'reader',
    script: 'cat /served/marker; touch /served/other 2>/dev/null || echo read-only',
    volumes: [homeOf(claim)],
    mounts: [{ name: 'home', mountPath: '/served', subPath, readOnly: true }]
  });
  return world.cluster.output(`reads-${claim}`, 'notebook');
}

describe('the folder of a running server', () => {
  it('is found on its claim, and not in a part of one, whose other parts may be of others', async () => {
    const volumes = world.open();
    const found = { claim: 'claim-alice', node: 'test-node' };
    expect(await volumes.locate(OWNER, '', '/home/jovyan/project/a b')).toEqual({ ...found, subPath: 'project/a b' });
    expect(await volumes.locate(OWNER, '', '/home/jovyan/')).toEqual({ ...found, subPath: '' });
    await expect(volumes.locate(OWNER, '', '/shared/x/')).rejects.toMatchObject({
      code: 'source_not_on_claim',
      message: expect.stringContaining('part of the volume claim-alice'),
      fix: expect.stringContaining('snapshot')
    });
  });

  it.each([
    ['of another user', 'bob', '', HUB_API],
    ['of another name', OWNER, 'second', HUB_API],
    ['of another Hub in the namespace', OWNER, '', 'http://other-hub:8081/hub/api']
  ])('is not taken from a server %s', async (_, owner, server, hubApi) => {
    const asked = world.open({ hubApiUrls: [hubApi] }).locate(owner, server, '/home/jovyan/project');
    await expect(asked).rejects.toMatchObject({ code: 'source_not_running', fix: expect.stringContaining('Start it') });
  });

  it('is not taken from a server that has ended', async () => {
    await world.server({ name: 'jupyter-carol', owner: 'carol', once: true, script: 'true' });
    await expect(world.open().locate('carol', '', '/home/jovyan')).rejects.toMatchObject({
      code: 'source_not_running'
    });
  });

  it.each([
    ['an emptyDir', '/home/jovyan/scratch/x', 'emptyDir'],
    ['the image', '/opt/project', 'in the image'],
    ['several volumes', '/home/jovyan', '/home/jovyan/scratch is another one']
  ])('is refused on %s, in a sentence that says so', async (_, root, words) => {
    await expect(world.open().locate(OWNER, '', root)).rejects.toMatchObject({
      code: 'source_not_on_claim',
      message: expect.stringContaining(words)
    });
  });
});

describe.each(['clone', 'volume-snapshot'] as const)('a version by %s', how => {
  it('holds what the author had at that moment, while their server goes on writing', async () => {
    const volumes = world.open();
    const version = newVersion();
    const source = join(await world.folder('claim-alice'), 'project/marker');
    writeFileSync(source, `before ${how}\n`);
    const from = await alice();
    const progress = newProgress();
    await volumes.make(version, from, how, progress);
    writeFileSync(source, 'after\n');

    const claims = await volumes.claims(version.dashboardId);
    expect([...claims.keys()]).toEqual([1]);
    expect(await served(claims.get(1)!, from.subPath)).toBe(`before ${how}\nread-only\n`);
    expect(progress.lines).toEqual(['Cloning the volume claim-alice', expect.stringContaining('is cloned (1Gi')]);
    const claim = await world.find(claims.get(1)!);
    expect(claim).toMatchObject({
      metadata: { annotations: { 'jupyterhub-dashboards/owner': OWNER } },
      spec: {
        storageClassName: STORAGE_CLASS,
        accessModes: ['ReadWriteOnce'],
        dataSource: { kind: how === 'clone' ? 'PersistentVolumeClaim' : 'VolumeSnapshot' }
      }
    });
  });

  it('is made once, however often it is asked for', async () => {
    const volumes = world.open();
    const version = newVersion();
    await volumes.make(version, await alice(), how, newProgress());
    const [name] = (await volumes.claims(version.dashboardId)).values();
    const { metadata } = (await world.find(name!))!;
    await world.open().make(version, await alice(), how, newProgress());
    expect((await world.find(name!))?.metadata.uid).toBe(metadata.uid);
  });

  it('needs no snapshot once its volume is there', async () => {
    const volumes = world.open();
    const version = newVersion();
    await volumes.make(version, await alice(), how, newProgress());
    await eventually(async () => (await world.cluster.api.list<VolumeSnapshot>(world.snapshots)).items.length === 0);
  });

  it('leaves nothing when it is called off', async () => {
    const before = world.volumes();
    const version = newVersion();
    const progress = newProgress();
    world.cluster.storage.hold();
    const made = world.open().make(version, await alice(), how, progress);
    await eventually(async () => (await world.made()).includes(createNames('first').of(version)));
    progress.stop.abort();
    await expect(made).rejects.toMatchObject({ code: 'cancelled' });
    world.cluster.storage.release();
    expect(await world.made()).not.toContain(createNames('first').of(version));
    await eventually(() => world.volumes().every(volume => before.includes(volume)));
  });

  it('is gone on with by the next service, where one has stopped or was killed', async () => {
    const version = newVersion();
    const progress = newProgress();
    const name = createNames('first').of(version);
    const path = how === 'clone' ? world.claims : world.snapshots;
    world.cluster.storage.hold();
    const made = world.open().make(version, await alice(), how, progress);
    const begun = await eventually(() => world.cluster.api.get(`${path}/${name}`).catch(() => null));
    progress.stop.abort(new LeftForLater());
    await expect(made).rejects.toMatchObject({ code: 'cancelled' });
    const again = world.open().make(version, await alice(), how, newProgress());
    const still = await world.cluster.api.get(`${path}/${name}`);
    expect(still.metadata.uid).toBe(begun.metadata.uid);
    world.cluster.storage.release();
    await again;
    expect((await world.open().claims(version.dashboardId)).get(1)).toBe(name);
  });
});

describe('a class that waits for a pod', () => {
  beforeAll(async () => {
    await world.claim('claim-late', { storageClassName: LATE_STORAGE_CLASS });
    await world.server({
      name: 'jupyter-late',
      owner: 'late',
      script: 'echo late > marker; exec sleep infinity',
      volumes: [homeOf('claim-late')],
      mounts: [{ name: 'home', mountPath: '/home/jovyan' }]
    });
    await written('claim-late', 'marker', 'late\n');
  });

  it('makes the volume on the node of the author’s server, before there is one that uses it', async () => {
    const volumes = world.open();
    const version = newVersion();
    await volumes.make(version, await volumes.locate('late', '', '/home/jovyan'), 'clone', newProgress());
    const name = (await volumes.claims(version.dashboardId)).get(1)!;
    expect((await world.find(name))?.status?.phase).toBe('Bound');
    expect(await served(name, '')).toBe('late\nread-only\n');
  });

  it('is left to the scheduler where no node is known', async () => {
    const volumes = world.open();
    const version = newVersion();
    const progress = newProgress();
    await volumes.make(version, { claim: 'claim-late', subPath: '', node: null }, 'clone', progress);
    const name = (await volumes.claims(version.dashboardId)).get(1)!;
    expect((await world.find(name))?.status?.phase).toBe('Pending');
    expect(progress.lines.join()).toContain('where the dashboard’s server starts');
    expect(await served(name, '')).toBe('late\nread-only\n');
  });
});

it.each([
  ['was made larger than was asked for', '1Gi', COARSE_SIZE],
  ['is to become larger, and is not yet', '8Gi', '8Gi']
])('a volume that %s has a clone that is as large', async (_, wanted, size) => {
  const name = `claim-coarse-${wanted.toLowerCase()}`;
  await world.claim(name, { storageClassName: COARSE_STORAGE_CLASS });
  await world.folder(name);
  await world.cluster.api.merge(`${world.claims}/${name}`, { spec: { resources: { requests: { storage: wanted } } } });
  const volumes = world.open();
  const version = newVersion();
  await volumes.make(version, { claim: name, subPath: '', node: null }, 'clone', newProgress());
  const made = await world.find((await volumes.claims(version.dashboardId)).get(1)!);
  expect(made?.spec.resources.requests.storage).toBe(size);
});

it('a service that runs in a pod asks as its service account, in its namespace', async () => {
  const version = newVersion();
  await world.open().make(version, await alice(), 'clone', newProgress());
  const program = join(world.cluster.folder, 'in-cluster.cjs');
  await build({
    entryPoints: [join(__dirname, 'in-cluster.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error'
  });
  await world.server({
    name: 'service',
    owner: 'service',
    once: true,
    image: 'test/node:1',
    serviceAccountName: 'dashboards',
    script: `exec ${process.execPath} ${program} ${version.dashboardId} first`
  });
  const name = createNames('first').of(version);
  expect(world.cluster.output('service', 'notebook')).toBe(JSON.stringify([[1, name]]));
});

describe('what is removed', () => {
  const claimOf = (dashboardId: string, n: number) =>
    world
      .open()
      .claims(dashboardId)
      .then(found => found.get(n));
  async function made(dashboardId: string, n: number, instance = 'first'): Promise<void> {
    const version = newVersion({ dashboardId, n });
    await world.open({ instance }).make(version, await alice(), 'clone', newProgress());
  }

  it('is what a dashboard does not keep, or all of a deleted one, and nothing of others', async () => {
    await made('removed', 1);
    await made('removed', 2);
    await made('other', 1);
    const volumes = world.open();
    // Who knows of no version after the first has nothing to say of the second.
    await volumes.remove('removed', [1], 1);
    expect(await claimOf('removed', 2)).toBeDefined();
    await volumes.remove('removed', [2]);
    await eventually(async () => (await claimOf('removed', 1)) === undefined);
    expect(await claimOf('removed', 2)).toBeDefined();
    await volumes.remove('removed', []);
    await eventually(async () => (await volumes.claims('removed')).size === 0);
    expect(await claimOf('other', 1)).toBeDefined();
  });

  it('is found by a sweep of the next service, but for what is kept', async () => {
    await made('swept', 1);
    await made('swept', 2);
    await world.open().sweep(new Map([['swept', [2]]]));
    await eventually(async () => (await claimOf('swept', 1)) === undefined);
    expect(await claimOf('swept', 2)).toBeDefined();
  });

  it('is nothing that this service has made a moment ago, or is making', async () => {
    const volumes = world.open();
    const version = newVersion({ dashboardId: 'young' });
    world.cluster.storage.hold();
    const making = volumes.make(version, await alice(), 'clone', newProgress());
    await eventually(() => world.find(createNames('first').of(version)));
    await volumes.sweep(new Map());
    world.cluster.storage.release();
    await making;
    await volumes.sweep(new Map());
    expect(await claimOf('young', 1)).toBeDefined();
  });

  it('is nothing of another service in the namespace, which does not see ours', async () => {
    await made('shared', 1);
    const other = world.open({ instance: 'second' });
    await made('shared', 1, 'second');
    await world.open({ instance: 'third' }).sweep(new Map());
    await world.open({ instance: 'third' }).remove('shared', []);
    expect((await other.claims('shared')).get(1)).toBeDefined();
    expect(await claimOf('shared', 1)).not.toBe((await other.claims('shared')).get(1));
    await other.remove('shared', []);
    await eventually(async () => (await other.claims('shared')).size === 0);
    expect(await claimOf('shared', 1)).toBeDefined();
  });

  it('is nothing that has the name of ours, and was made by somebody else', async () => {
    const version = newVersion();
    const name = createNames('first').of(version);
    await world.claim(name);
    await world.folder(name);
    const made = world.open().make(version, await alice(), 'clone', newProgress());
    await expect(made).rejects.toMatchObject({ code: 'clone_failed', message: expect.stringContaining(name) });
    const { metadata } = (await world.find(name))!;
    expect((metadata as Claim['metadata']).deletionTimestamp).toBeUndefined();
    expect(await world.open().claims(version.dashboardId)).toEqual(new Map());
  });
});

import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Dashboard, DashboardList, VersionList } from '../../contract';
import { createRepository, type GitRepository } from '../../runner/testing/git-repository';
import { startGitServer, type GitServer } from '../../runner/testing/git-server';
import { eventually } from '../../service/testing/test-service';
import { hasRow } from '../leftovers';
import { onlyProcess, SERVICE, serviceAnswers } from '../service-process';
import { runningPod } from './evidence';
import { allowNamespaces } from './hub-role';
import type { Claim, Pod, Stored } from './objects';
import { startProductCluster, type ProductCluster } from './product';
import { Stage, tellingApp } from './stage';
import { STORAGE_CLASS } from './storage';

jest.setTimeout(240_000);

const INSTANCE = 'jupyterhub-dashboards/instance';
const DASHBOARD = 'jupyterhub-dashboards/dashboard';

let cluster: ProductCluster;

beforeAll(async () => {
  cluster = await startProductCluster();
});
afterAll(async () => {
  await cluster?.stop();
});

const COMMAND = "--share everyone --command '{python} {entry}'";

async function dashboards({ alice }: Stage): Promise<Dashboard[]> {
  return (await alice.call<DashboardList>('GET', 'dashboards?filter=mine')).body.dashboards;
}

describe('Z10, two hubs in one namespace, with a user of the same name each', () => {
  const names = ['north', 'south'] as const;
  const stages = {} as Record<(typeof names)[number], Stage>;

  beforeAll(async () => {
    for (const name of names) {
      // What two hubs need anyway.
      const config = `
c.KubeSpawner.pod_name_template = "${name}-{user_server}"
c.KubeSpawner.pvc_name_template = "${name}-claim-{user_server}"
c.KubeSpawner.component_label = "${name}-server"
`;
      stages[name] = await Stage.set(cluster, { config, configure: 'strategies=["clone", "git"]' });
    }
  });
  afterAll(async () => {
    await Promise.all(Object.values(stages).map(({ hub }) => hub.stop()));
    await cluster.clear();
  });

  const clones = async () => {
    const { items } = await cluster.api.list<Claim>(`${cluster.path}/persistentvolumeclaims`);
    return items.filter(({ metadata }) => metadata.labels?.[DASHBOARD] !== undefined);
  };
  const clonesOf = async (stage: Stage) => {
    const ids = (await dashboards(stage)).map(({ id }) => id);
    return (await clones()).filter(({ metadata }) => ids.includes(metadata.labels?.[DASHBOARD] ?? ''));
  };
  const sees = async (name: (typeof names)[number]) => {
    const [dashboard] = await dashboards(stages[name]);
    await stages[name].bob.sees(dashboard?.link ?? '', `"text": "of ${name}"`);
  };
  const podOf = async ({ alice, hub }: Stage) => {
    const [server = ''] = await alice.servers();
    return eventually(() => runningPod(cluster, hub, 'alice', server));
  };

  it('each publishes from its own servers, and has its own clones', async () => {
    for (const name of names) {
      await stages[name].save('sales/app.py', tellingApp(`of ${name}`));
      const { code, text } = await stages[name].publish(`~/sales/app.py --name Sales ${COMMAND}`);
      expect({ code, text }).toMatchObject({ code: 0 });
      await sees(name);
    }
    const made = await clones();
    expect(new Set(made.map(({ metadata }) => metadata.labels?.[INSTANCE])).size).toBe(2);
    for (const name of names) {
      const [clone, ...others] = await clonesOf(stages[name]);
      expect(others).toEqual([]);
      expect(clone?.spec.dataSource?.name).toBe(`${name}-claim-alice`);
      const { pod, claims } = await podOf(stages[name]);
      expect(pod.metadata.name.startsWith(`${name}-`)).toBe(true);
      expect(claims.map(({ metadata }) => metadata.uid)).toContain(clone?.metadata.uid);
    }
  });

  it('a service that looks for what belongs to no version leaves those of the other hub alone', async () => {
    const [own] = await clonesOf(stages.north);
    const before = await clonesOf(stages.south);
    const path = `${cluster.path}/persistentvolumeclaims`;
    await cluster.api.create(path, {
      metadata: { name: 'orphan', labels: { ...own?.metadata.labels, [DASHBOARD]: 'nothing' } },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: STORAGE_CLASS,
        resources: { requests: { storage: '1Gi' } }
      }
    });
    // It looks when it begins.
    process.kill(await onlyProcess(stages.north.hub, SERVICE), 'SIGKILL');
    await serviceAnswers(stages.north.hub);
    await eventually(async () => !(await clones()).some(({ metadata }) => metadata.name === 'orphan'));
    const after = await clonesOf(stages.south);
    const shown = ({ metadata }: Stored<Claim>) => [metadata.uid, metadata.deletionTimestamp];
    expect(after.map(shown)).toEqual(before.map(shown));
    await sees('south');
  });

  it('what one deletes is gone, and nothing of the other', async () => {
    const before = await podOf(stages.south);
    const [{ id = '' } = {}] = await dashboards(stages.north);
    await stages.north.alice.call('DELETE', `dashboards/${id}`);
    await eventually(() => !hasRow(stages.north.hub, id));
    await eventually(async () => (await clones()).length === 1);
    expect(await clonesOf(stages.south)).toHaveLength(1);
    const after = await podOf(stages.south);
    expect(after.pod.metadata.uid).toBe(before.pod.metadata.uid);
    await sees('south');
    // Alice works on in both.
    for (const name of names) {
      expect(await stages[name].lab.ask('GET', 'api/contents/sales/app.py')).toContain(`of ${name}`);
    }
  });
});

describe('Z10, a namespace for each user (enable_user_namespaces)', () => {
  const own = '/api/v1/namespaces/lab-alice';
  let stage: Stage;
  let git: GitServer;
  let repository: GitRepository;

  beforeAll(async () => {
    await allowNamespaces(cluster.api);
    const folder = join(cluster.folder, 'repositories');
    mkdirSync(folder);
    git = await startGitServer(folder, cluster.gateway);
    repository = createRepository(folder, 'sales');
    // Where pods may read it.
    const certificate = join(cluster.folder, 'git.pem');
    copyFileSync(git.certificate, certificate);
    stage = await Stage.set(cluster, {
      config: `
c.KubeSpawner.enable_user_namespaces = True
c.KubeSpawner.user_namespace_template = "lab-{username}"
c.KubeSpawner.environment.update({"GIT_SSL_CAINFO": "${certificate}"})
`,
      configure: `git_hosts=["${cluster.gateway}"]`
    });
  });
  afterAll(async () => {
    await stage?.hub.stop();
    await git?.close();
  });

  it.each(['relay', 'git'])('%s: is published, seen and deleted, and nothing is left of it', async strategy => {
    const { alice, bob, hub } = stage;
    let what = '~/sales/app.py';
    if (strategy === 'git') {
      repository.commit({ 'app.py': tellingApp(strategy) });
      what = `app.py --git ${git.url}sales.git --ref main`;
    } else {
      await stage.save('sales/app.py', tellingApp(strategy));
    }
    const { code, text } = await stage.publish(`${what} --name ${strategy} ${COMMAND}`);
    expect({ code, text }).toMatchObject({ code: 0 });
    const [{ id = '', link = '' } = {}] = await dashboards(stage);
    await bob.sees(link, `"text": "${strategy}"`);
    const { versions } = (await alice.call<VersionList>('GET', `dashboards/${id}/versions`)).body;
    expect(versions).toMatchObject([{ strategy, state: 'ready' }]);
    const [server = ''] = await alice.servers();
    const named = async <T extends Pod | Claim>(type: string) =>
      (await cluster.api.list<T>(`${own}/${type}`)).items.filter(({ metadata }) => metadata.name.includes(server));
    expect([(await named('pods')).length, (await named('persistentvolumeclaims')).length]).toEqual([1, 1]);
    expect((await cluster.api.list<Pod>(`${cluster.path}/pods`)).items).toEqual([]);

    await alice.call('DELETE', `dashboards/${id}`);
    await eventually(() => !hasRow(hub, id));
    await eventually(async () => (await named('pods')).length === 0);
    await eventually(async () => (await named('persistentvolumeclaims')).length === 0);
  });
});

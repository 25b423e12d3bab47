import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { DashboardList, ErrorReply, GitReply, VersionList } from '../../contract';
import { createRepository, type GitRepository } from '../../runner/testing/git-repository';
import { startGitServer, type GitServer } from '../../runner/testing/git-server';
import { eventually } from '../../service/testing/test-service';
import { hasRow } from '../leftovers';
import { described, runningPod } from './evidence';
import { startProductCluster, type ProductCluster } from './product';
import { overridingProfile } from './profile';
import { Stage, tellingApp } from './stage';
import { NONE } from './storage-settings';

jest.setTimeout(240_000);

let cluster: ProductCluster;
let git: GitServer;
let repository: GitRepository;

beforeAll(async () => {
  cluster = await startProductCluster();
  const folder = join(cluster.folder, 'repositories');
  mkdirSync(folder);
  git = await startGitServer(folder, cluster.gateway);
  repository = createRepository(folder, 'sales');
});
afterAll(async () => {
  await git?.close();
  await cluster?.stop();
});

describe.each([
  { servers: 'servers as set up', profile: false },
  { servers: 'a default profile that overrides command, image, volumes and environment', profile: true }
])('Z16, none: what servers write ends with their pods; $servers', row => {
  let stage: Stage;
  const seen: string[] = [];

  beforeAll(async () => {
    // Where pods may read it.
    const certificate = join(cluster.folder, 'git.pem');
    copyFileSync(git.certificate, certificate);
    stage = await Stage.set(cluster, {
      storage: NONE,
      config: `
${row.profile ? overridingProfile(cluster.product) : ''}
c.KubeSpawner.environment.update({"GIT_SSL_CAINFO": "${certificate}"})
`,
      configure: `homes_kept=False, git_hosts=["${cluster.gateway}"]`
    });
    repository.commit({ 'app.py': tellingApp('from the branch') });
    const { code, text } = await stage.terminal(`git clone --quiet ${git.url}sales.git ~/sales`);
    expect({ code, text }).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    process.stderr.write(`\nZ16, none; ${row.servers}\n${seen.map(line => `  ${line}\n`).join('')}`);
    await stage?.hub.stop();
    await cluster.clear();
  });

  it('files of a home are refused, in the terminal and by the API, and the branch of their clone is offered', async () => {
    const { alice, lab } = stage;
    const { code, text } = await stage.publish(`~/sales/app.py --name Sales`);
    expect(code).toBe(2);
    expect(text).toContain('publish from your clone of it');
    const source = { kind: 'files', root: '~/sales', entry: 'app.py', scope: 'folder' };
    const refused = await alice.call<ErrorReply>(
      'POST',
      'dashboards',
      alice.request('Sales', 'x', 'app.py', { source })
    );
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'strategy_forbidden' } } });
    expect(await alice.servers({ stopped: true })).toEqual([]);
    const facts = await lab.ask('POST', 'jupyterhub-dashboards/git', { root: '~/sales', entry: 'app.py' });
    expect((JSON.parse(facts) as GitReply).git?.offer).toEqual({
      ...{ remote: 'origin', url: `${git.url}sales.git`, ref: 'main', root: '.' }
    });
  });

  it('that branch is published, is lost with the pod, and comes from the repository again', async () => {
    const { alice, bob, hub } = stage;
    const words = `app.py --git ${git.url}sales.git --ref main --name Sales --share everyone`;
    const { code, text } = await stage.publish(`${words} --command '{python} {entry}'`);
    expect({ code, text }).toMatchObject({ code: 0 });
    const { dashboards } = (await alice.call<DashboardList>('GET', 'dashboards?filter=mine')).body;
    const { id = '', link = '' } = dashboards[0] ?? {};
    const versions = async () => (await alice.call<VersionList>('GET', `dashboards/${id}/versions`)).body.versions;
    await bob.sees(link, 'from the branch');
    const [server = ''] = await alice.servers();
    const before = await eventually(() => runningPod(cluster, hub, 'alice', server));
    expect(before.claims).toEqual([]);
    seen.push(...described('published', before, await versions()));

    await cluster.api.delete(`${cluster.path}/pods/${before.pod.metadata.name}`);
    await eventually(async () => (await runningPod(cluster, hub, 'alice', server)) === null);
    // A visit wakes it.
    await eventually(async () => {
      await bob.open(link);
      return (await versions()).some(({ state }) => state === 'lost');
    });
    expect(await alice.versions(id)).toEqual(['1 lost, live']);
    repository.commit({ 'app.py': tellingApp('from the branch as it is now') });
    expect(await stage.lab.help((await alice.update(id, {})).id)).toMatchObject({ state: 'live', problem: null });
    await bob.sees(link, 'as it is now');
    const after = await eventually(() => runningPod(cluster, hub, 'alice', server));
    seen.push(...described('in another pod', after, await versions()));

    expect((await alice.call('DELETE', `dashboards/${id}`)).status).toBe(204);
    await eventually(() => !hasRow(hub, id));
    expect(await alice.servers({ stopped: true })).toEqual([]);
  });
});

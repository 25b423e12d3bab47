import type { BuildReply, GitCredentialReply, VersionList } from '../../contract';
import { ServiceClient } from '../../runner/reports/service-client';
import { createGitAccess } from '../../runner/storage/git/git-access';
import { EngineBench } from '../../runner/testing/engine-bench';
import { createRepository, type GitRepository } from '../../runner/testing/git-repository';
import { startGitServer, type GitServer } from '../../runner/testing/git-server';
import { addUser } from '../../service/testing/fake-hub';
import { FakeRunner } from '../../service/testing/fake-runner';
import { eventually, PREFIX, PUBLISH, startTestService, type TestService } from '../../service/testing/test-service';

const TOKEN = 'glpat-5ecret-of-alice';

let test: TestService;
let bench: EngineBench;
let host: GitServer;
let repository: GitRepository;
let alice: string;

beforeEach(async () => {
  test = await startTestService({ gitHosts: ['127.0.0.1'], frameworks: ['static'] });
  alice = addUser(test.hub, 'alice');
  bench = await EngineBench.create();
  host = await startGitServer(bench.home);
  host.login = `oauth2:${TOKEN}`;
  repository = createRepository(bench.home, 'sales');
});
afterEach(async () => {
  await bench.dispose();
  await host.close();
  await test.stop();
});

/** The engine of a runner does the job that the service has for the dashboard, and tells how it went. */
async function build(runner: FakeRunner, n: number) {
  const { startId, gitHosts = null } = runner.specification;
  const client = new ServiceClient(`${test.origin}${PREFIX}`, runner.token);
  await bench.engine.stop();
  bench.renew({
    environment: { PATH: process.env.PATH ?? '', GIT_SSL_CAINFO: host.certificate },
    git: createGitAccess({ client, startId, hosts: gitHosts, token: null })
  });
  const job = await eventually(
    () => runner.state.job?.kind === 'publish' && runner.state.job.n === n && runner.state.job
  );
  const outcome = await bench.run(job);
  await runner.result(job.id, outcome);
  client.close();
  return outcome;
}

it('a private repository becomes a version by a stored token, and another one when its branch has moved', async () => {
  const call = <T>(method: string, path: string, body?: object) => test.call<T>(alice, method, `api/v1/${path}`, body);
  const first = repository.commit({ 'index.html': '<p>first</p>' });
  const stored = await call<GitCredentialReply>('POST', 'git-credentials', {
    kind: 'token',
    host: '127.0.0.1',
    token: TOKEN
  });
  const credential = stored.body.credential.id;
  const published = await call<BuildReply>('POST', 'dashboards', {
    ...PUBLISH,
    source: {
      kind: 'git',
      url: `${host.url}sales.git`,
      ref: 'main',
      root: '.',
      entry: '.',
      scope: 'folder',
      credential
    }
  });
  const { id } = published.body.dashboard;
  const record = await test.service.context.dashboards.get(id);
  const runner = await FakeRunner.start(test, 'alice', record?.dashboard.serverName ?? '');
  expect(await build(runner, 1)).toMatchObject({ ok: true, strategy: 'git', commit: first });

  const second = repository.commit({ 'index.html': '<p>second</p>' });
  await call('POST', `dashboards/${id}/versions`, {});
  expect(await build(runner, 2)).toMatchObject({ ok: true, commit: second });
  const { versions } = (await call<VersionList>('GET', `dashboards/${id}/versions`)).body;
  expect(versions.map(({ n, strategy, commit, live }) => [n, strategy, commit, live])).toEqual([
    [2, 'git', second, true],
    [1, 'git', first, false]
  ]);

  await call('DELETE', `git-credentials/${credential}`);
  const refused = await call<{ error: { message: string } }>('POST', `dashboards/${id}/versions`, {});
  expect([refused.status, refused.body.error.message]).toEqual([400, 'There is no such git credential of yours.']);
  runner.close();
});

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createRepository } from '../runner/testing/git-repository';
import { startGitServer, type GitServer } from '../runner/testing/git-server';
import { eventually } from '../service/testing/test-service';
import { Author, page } from './author';
import { startTestHub, type TestHub } from './hub';

let folder: string;
let git: GitServer;
let hub: TestHub;
let alice: Author;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dashboards-abuse-'));
  git = await startGitServer(folder);
  hub = await startTestHub({
    users: ['alice'],
    config: `c.Spawner.environment = {"GIT_SSL_CAINFO": ${JSON.stringify(git.certificate)}}\n`,
    configure: 'git_hosts=["127.0.0.1"]'
  });
  alice = await Author.of(hub, 'alice');
}, 90_000);
afterAll(async () => {
  await hub?.stop();
  await git.close();
  rmSync(folder, { recursive: true });
});

it('a repository’s server that is gone in the middle leaves the live version, and nothing half-made', async () => {
  const repository = createRepository(folder, 'sales');
  repository.commit({ 'app.py': page('one') });
  const source = { kind: 'git', url: `${git.url}sales.git`, ref: 'main', root: '.', entry: 'app.py', scope: 'folder' };
  const { id, link } = await alice.live(alice.request('Sales', 'x', 'app.py', { source }));
  await alice.sees(link, 'one');
  repository.commit({ 'app.py': page('two') });
  const versionsOnDisk = () => readdirSync(join(alice.home, '.dashboards', id, 'versions')).sort();

  // It has been asked, and does not answer any more.
  let asked = false;
  git.answer = () => (asked = true);
  const build = await alice.update(id, {});
  await eventually(() => asked, 60_000);
  git.answer = request => {
    request.socket.destroy();
    return true;
  };
  git.breakOff();
  expect((await alice.ended(build.id)).problem).toMatchObject({ code: 'git_unreachable' });
  expect((await alice.open(link)).text).toContain('one');
  expect(versionsOnDisk()).toEqual(['1']);

  git.answer = null;
  expect((await alice.ended((await alice.update(id, {})).id)).state).toBe('live');
  await alice.sees(link, 'two');
  expect(versionsOnDisk()).toEqual(['1', '2']);
});

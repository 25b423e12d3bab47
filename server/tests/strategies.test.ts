import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import type { DashboardList, GitCredentialReply, Version, VersionList } from '../contract';
import { createRepository, type GitRepository } from '../runner/testing/git-repository';
import { startGitServer, type GitServer } from '../runner/testing/git-server';
import { addLfs } from '../runner/testing/lfs-server';
import { commitBesides, LFS_FILE, WORDS } from '../runner/testing/repository-besides';
import { SMALL_APPS } from '../runner/testing/small-apps';
import { eventually } from '../service/testing/test-service';
import { APART } from './apart-spawner';
import { Author, page } from './author';
import { placeOf } from './author-lab';
import { startTestHub, type TestHub } from './hub';
import { provideInstallation } from './installation';

const TOKEN = 'ghp_canary-of-the-repository';
const LOGIN = `x-access-token:${TOKEN}`;

/** Lines for jupyterhub_config.py: alice signs in through the host of her repositories, which gives the Hub a token of hers. */
const SIGN_IN = `
from jupyterhub.auth import DummyAuthenticator

class Host(DummyAuthenticator):
    async def authenticate(self, handler, data):
        name = await super().authenticate(handler, data)
        return name and {"name": name, "auth_state": {"access_token": "${TOKEN}"}}

c.JupyterHub.authenticator_class = Host
c.Authenticator.enable_auth_state = True
c.CryptKeeper.keys = [os.urandom(32)]
`;

jest.setTimeout(120_000);

let folder: string;
let git: GitServer;
let repository: GitRepository;
let hub: TestHub;
let alice: Author;
let shared: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dashboards-strategies-'));
  git = await startGitServer(folder);
  git.login = LOGIN;
  repository = createRepository(folder, 'sales');
  hub = await startTestHub({
    users: ['alice'],
    config: `${APART}${SIGN_IN}\nc.Spawner.environment = {"GIT_SSL_CAINFO": ${JSON.stringify(git.certificate)}}\n`,
    configure:
      'git_hosts=["127.0.0.1"], git_token_from_auth_state="access_token", git_token_host="127.0.0.1", ' +
      'publishable_paths=["shared"], strategies=["snapshot", "live", "git"]'
  });
  alice = await Author.of(hub, 'alice');
  shared = join(hub.home('alice'), '../../shared');
  mkdirSync(shared, { recursive: true });
  shared = realpathSync(shared);
}, 90_000);
afterAll(async () => {
  await hub?.stop();
  await git.close();
  rmSync(folder, { recursive: true });
});

async function newest(id: string): Promise<Version | undefined> {
  return (await alice.call<VersionList>('GET', `dashboards/${id}/versions`)).body.versions[0];
}

describe('a private repository', () => {
  it('is published with a stored token, follows its branch, and goes back', async () => {
    const first = repository.commit({ 'apps/sales/app.py': page('from the repository'), 'other/secret.txt': 'x' });
    const source = {
      ...{ kind: 'git', url: `${git.url}sales.git`, ref: 'main', root: 'apps/sales', entry: 'app.py', scope: 'folder' }
    };
    const request = { ...alice.request('Sales', 'x', 'app.py', { source }) };
    const { build } = await alice.publish(request);
    expect((await alice.ended(build?.id ?? '')).problem).toMatchObject({ code: 'git_refused' });

    const { body } = await alice.call<GitCredentialReply>('POST', 'git-credentials', {
      ...{ kind: 'token', host: '127.0.0.1', username: 'x-access-token', token: TOKEN }
    });
    expect(JSON.stringify(body)).not.toContain(TOKEN);
    const credential = body.credential.id;
    const { id, link } = await alice.live({ ...request, name: 'Private', source: { ...source, credential } });
    await alice.sees(link, 'from the repository');
    expect(await newest(id)).toMatchObject({ strategy: 'git', commit: first, files: 1 });

    const second = repository.commit({ 'apps/sales/app.py': page('from the next commit') });
    expect((await alice.ended((await alice.update(id, {})).id)).state).toBe('live');
    await alice.sees(link, 'from the next commit');
    expect(await newest(id)).toMatchObject({ strategy: 'git', commit: second });

    await alice.call('POST', `dashboards/${id}/live`, { version: 1 });
    await alice.sees(link, 'from the repository');
  });

  it('gives its token neither to the app nor to any log', async () => {
    repository.commit({ 'telling/app.py': SMALL_APPS.telling });
    const { body } = await alice.call<GitCredentialReply>('POST', 'git-credentials', {
      ...{ kind: 'token', host: '127.0.0.1', username: 'x-access-token', token: TOKEN }
    });
    const source = {
      ...{ kind: 'git', url: `${git.url}sales.git`, ref: '', root: 'telling', entry: 'app.py', scope: 'folder' },
      credential: body.credential.id
    };
    const { id, link } = await alice.live(alice.request('Telling', 'x', 'app.py', { source }));
    const told = await alice.sees(link, '"env"');
    expect(told.text).not.toContain(TOKEN);
    const log = await alice.call<string>('GET', `dashboards/${id}/logs/download`);
    expect(log.status).toBe(200);
    expect(String(log.body)).not.toContain(TOKEN);
    expect(hub.log()).not.toContain(TOKEN);
  });
});

describe('a private repository where the author has signed in through its host', () => {
  // The name that goes with tokens of a sign-in.
  beforeAll(() => void (git.login = `oauth2:${TOKEN}`));
  afterAll(() => void (git.login = LOGIN));

  it('is published with the token of that sign-in, which neither the app nor any log has', async () => {
    repository.commit({ 'own/app.py': SMALL_APPS.telling });
    const source = {
      ...{ kind: 'git', url: `${git.url}sales.git`, ref: 'main', root: 'own', entry: 'app.py', scope: 'folder' },
      credential: 'own'
    };
    const request = { ...alice.request('Own', 'x', 'app.py', { source }) };
    expect((await alice.open(`${hub.url}hub/home`)).status).toBe(200);
    const { id, link } = await alice.live(request);
    const told = await alice.sees(link, '"env"');
    expect(told.text).not.toContain(TOKEN);
    const log = await alice.call<string>('GET', `dashboards/${id}/logs/download`);
    expect(log.status).toBe(200);
    expect(String(log.body) + hub.log()).not.toContain(TOKEN);
  });
});

describe('a repository whose server is gone in the middle of an update', () => {
  afterEach(() => void (git.answer = null));

  it('leaves the live version as it is and nothing half-made, and is fetched when that is back', async () => {
    repository.commit({ 'gone/app.py': page('before it was gone') });
    const { body } = await alice.call<GitCredentialReply>('POST', 'git-credentials', {
      ...{ kind: 'token', host: '127.0.0.1', username: 'x-access-token', token: TOKEN }
    });
    const source = {
      ...{ kind: 'git', url: `${git.url}sales.git`, ref: 'main', root: 'gone', entry: 'app.py', scope: 'folder' },
      credential: body.credential.id
    };
    const { id, link } = await alice.live(alice.request('Gone', 'x', 'app.py', { source }));
    await alice.sees(link, 'before it was gone');
    repository.commit({ 'gone/app.py': page('when it was back') });
    // Each dashboard's server has a home of its own here.
    const server = (await alice.servers()).find(name => name.startsWith('dash-gone')) ?? '';
    const versions = () => readdirSync(join(alice.home, 'servers', server, '.dashboards', id, 'versions')).sort();

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
    expect((await alice.open(link)).text).toContain('before it was gone');
    expect(versions()).toEqual(['1']);

    git.answer = null;
    expect((await alice.ended((await alice.update(id, {})).id)).state).toBe('live');
    await alice.sees(link, 'when it was back');
    expect(versions()).toEqual(['1', '3']);
  });
});

describe('a repository with files in Git LFS and another one inside, by the command', () => {
  it('is refused without the words for them, shown whole with both, and follows its branch with each update', async () => {
    const lfs = addLfs(git);
    const commit = commitBesides(repository, createRepository(folder, 'library'), lfs, 'besides');
    const { body } = await alice.call<GitCredentialReply>('POST', 'git-credentials', {
      ...{ kind: 'token', host: '127.0.0.1', username: 'x-access-token', token: TOKEN }
    });
    const { userPython, environment } = provideInstallation(join(folder, 'installation'));
    const token = await hub.token('alice', ['access:services!service=dashboards']);
    const command = async (...words: string[]) => {
      const program = ['-m', 'jupyterhub_dashboards.command', 'publish', '--hub', hub.url];
      const child = spawn(userPython, [...program, ...words], {
        cwd: folder,
        env: { ...environment, HOME: folder, JUPYTERHUB_API_TOKEN: token },
        stdio: ['ignore', 'pipe', 'pipe']
      });
      const [stdout, stderr, [code]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close')
      ]);
      return { code: code as number, stdout, stderr };
    };
    const from = ['--git', `${git.url}sales.git`, '--credential', body.credential.id];
    const publish = (name: string, ...words: string[]) =>
      command('besides/server.py', '--name', name, ...from, '--command', '{python} {entry}', ...words);

    const bare = await publish('Without either');
    expect(bare).toMatchObject({ code: 1, stdout: '' });
    expect(bare.stderr).toContain('The folder has files that are kept in Git LFS');
    expect(bare.stderr).toContain('Publish it again with files of Git LFS');
    const half = await publish('Without submodules', '--lfs');
    expect(half).toMatchObject({ code: 1, stdout: '' });
    expect(half.stderr).toContain('The folder has other repositories inside (submodules)');
    expect(half.stderr).toContain('Publish it again with submodules');

    const whole = await publish('Whole', '--lfs', '--submodules');
    expect(whole).toMatchObject({ code: 0 });
    const link = whole.stdout.trim();
    const { url } = await alice.sees(link, WORDS);
    expect((await alice.open(new URL('large.bin', url).href)).text).toBe(LFS_FILE.toString());
    const { dashboards } = (await alice.call<DashboardList>('GET', 'dashboards?filter=mine')).body;
    const { id = '' } = dashboards.find(({ name }) => name === 'Whole') ?? {};
    expect(await newest(id)).toMatchObject({ strategy: 'git', commit, files: 3 });

    // As CI does at each push.
    const pushed = repository.commit({ 'besides/server.py': page('pushed later') });
    expect(await command('--update', 'whole', '--message', pushed)).toMatchObject({ code: 0, stdout: whole.stdout });
    await alice.sees(link, 'pushed later');
    expect(await newest(id)).toMatchObject({ strategy: 'git', commit: pushed, message: pushed, files: 3 });
  });
});

describe('where servers share one folder alone', () => {
  it('that folder is published from, and what is changed there later comes with an update', async () => {
    mkdirSync(join(shared, 'sales'));
    writeFileSync(join(shared, 'sales', 'app.py'), page('first'));
    const source = { kind: 'files', root: '~/shared/sales', entry: 'app.py', scope: 'folder' };
    const request = alice.request('Shared', 'x', 'app.py', { source, place: placeOf(join(shared, 'sales')) });
    const { id, link } = await alice.live(request);
    await alice.sees(link, 'first');
    expect(await newest(id)).toMatchObject({ strategy: 'snapshot', commit: null });
    writeFileSync(join(shared, 'sales', 'app.py'), page('second'));
    await alice.sees(link, 'first');
    const update = { place: placeOf(join(shared, 'sales')) };
    expect((await alice.ended((await alice.update(id, update)).id)).state).toBe('live');
    await alice.sees(link, 'second');
  });

  it('it is served as it is saved, where the author wants that', async () => {
    mkdirSync(join(shared, 'saved'));
    writeFileSync(join(shared, 'saved', 'app.py'), page('first thought'));
    const source = { kind: 'files', root: '~/shared/saved', entry: 'app.py', scope: 'folder', live: true };
    const { id, link } = await alice.live(alice.request('Saved', 'x', 'app.py', { source }));
    await alice.sees(link, 'first thought');
    expect(await newest(id)).toMatchObject({ strategy: 'live' });
    writeFileSync(join(shared, 'saved', 'app.py'), page('second thought'));
    await alice.sees(link, 'second thought');
  });

  it('nothing else is, and the author reads where to copy it', async () => {
    alice.write('private/app.py', page('private'));
    const place = placeOf(join(alice.home, 'private'));
    const source = { kind: 'files', root: '~/private', entry: 'app.py', scope: 'folder' };
    const { build } = await alice.publish(alice.request('Private folder', 'x', 'app.py', { source, place }));
    expect((await alice.ended(build?.id ?? '')).problem).toMatchObject({
      code: 'path_forbidden',
      fix: 'Copy the project into ~/shared, and publish it from there.'
    });
  });

  it('files of the same name at another place are not taken for the author’s', async () => {
    mkdirSync(join(shared, 'twice'));
    writeFileSync(join(shared, 'twice', 'app.py'), page('somebody else’s'));
    alice.write('twice/app.py', page('mine'));
    const source = { kind: 'files', root: '~/shared/twice', entry: 'app.py', scope: 'folder' };
    const place = placeOf(join(alice.home, 'twice'));
    const { build } = await alice.publish(alice.request('Twice', 'x', 'app.py', { source, place }));
    expect((await alice.ended(build?.id ?? '')).problem).toMatchObject({ code: 'files_not_here' });
  });
});

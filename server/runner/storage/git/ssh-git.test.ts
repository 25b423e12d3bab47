import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ProblemError } from '../../../problem-error';
import { addLfs } from '../../testing/lfs-server';
import { startSshServer, type SshServer } from '../../testing/ssh-server';
import type { GitCredential } from './credential';
import { createFixture, ENVIRONMENT, type Fixture } from '../../testing/git-fixture';

let ssh: SshServer;
let fixture: Fixture;
let programs: string;
let url: string;
beforeEach(async () => {
  programs = mkdtempSync(path.join(tmpdir(), 'ssh-programs-'));
  ssh = await startSshServer(programs);
  fixture = await createFixture();
  url = `ssh://${ssh.user}@127.0.0.1:${ssh.port}${fixture.repository.bare}`;
});
afterEach(async () => {
  await fixture.end();
  await ssh.close();
  rmSync(programs, { recursive: true });
});

const key = (more: Partial<Extract<GitCredential, { kind: 'ssh_key' }>> = {}): GitCredential => ({
  kind: 'ssh_key',
  host: '127.0.0.1',
  privateKey: ssh.key,
  knownHosts: null,
  ...more
});

async function problem(fetching: Promise<unknown>): Promise<string> {
  try {
    await fetching;
    return 'none';
  } catch (error) {
    return error instanceof ProblemError ? JSON.stringify(error.problem) : String(error);
  }
}

it('a repository is fetched with a deploy key, which stays nowhere', async () => {
  const first = fixture.repository.commit({ 'app.py': '1' });
  expect((await fixture.fetch({ url }, { credential: key() })).commit).toBe(first);
  const second = fixture.repository.commit({ 'app.py': '2' });
  expect((await fixture.fetch({ url, ref: 'main' }, { credential: key() })).commit).toBe(second);
  expect((await fixture.fetch({ url, ref: first }, { credential: key() })).commit).toBe(first);
  const secret = ssh.key.split('\n')[1] ?? '';
  expect(secret.length).toBeGreaterThan(30);
  const { stdout } = spawnSync('grep', ['-rlF', '--', secret, fixture.folder, '/dev/shm'], { encoding: 'utf8' });
  expect(stdout).toBe('');
});

it('a folder of it is fetched without the files of the others', async () => {
  fixture.repository.commit({ 'a/app.py': '1', 'b/x': 'x' });
  const { root } = await fixture.fetch({ url, root: 'a' }, { credential: key() });
  expect(readFileSync(path.join(root, 'app.py'), 'utf8')).toBe('1');
});

it('without a key, and with one that is not let in, it is refused', async () => {
  fixture.repository.commit({ 'app.py': '1' });
  const other = mkdtempSync(path.join(tmpdir(), 'other-key-'));
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path.join(other, 'key')]);
  const privateKey = readFileSync(path.join(other, 'key'), 'utf8');
  rmSync(other, { recursive: true });
  expect(await problem(fixture.fetch({ url }))).toMatch(/git_refused.*Store a deploy key/);
  expect(await problem(fixture.fetch({ url }, { credential: key({ privateKey }) }))).toMatch(/git_refused/);
});

it('a host that shows another key than at first is not believed', async () => {
  fixture.repository.commit({ 'app.py': '1' });
  await fixture.fetch({ url }, { credential: key() });
  await ssh.changeHostKey();
  expect(await problem(fixture.fetch({ url }, { credential: key() }))).toMatch(
    /git_refused.*did not show the key that it is known by/
  );
});

it('a host is known by the keys that were stored with the credential', async () => {
  fixture.repository.commit({ 'app.py': '1' });
  const knownHosts = `[127.0.0.1]:${ssh.port} ${ssh.hostKey}\n`;
  await fixture.fetch({ url }, { credential: key({ knownHosts }) });
  await ssh.changeHostKey();
  expect(await problem(fixture.fetch({ url }, { credential: key({ knownHosts }) }))).toMatch(/git_refused.*known by/);
});

it('a repository that is not there is told as one that is private', async () => {
  expect(await problem(fixture.fetch({ url: `${url}-none` }, { credential: key() }))).toMatch(/git_refused/);
});

describe('with the author’s own ways', () => {
  let agent: { socket: string; pid: number };
  beforeEach(() => {
    const socket = path.join(fixture.folder, 'agent');
    const said = execFileSync('ssh-agent', ['-s', '-a', socket], { encoding: 'utf8' });
    agent = { socket, pid: Number(/SSH_AGENT_PID=(\d+)/.exec(said)?.[1]) };
  });
  afterEach(() => process.kill(agent.pid));

  const add = (privateKey: string) =>
    execFileSync('ssh-add', ['-q', '-'], { input: privateKey, env: { ...ENVIRONMENT, SSH_AUTH_SOCK: agent.socket } });
  const environment = () => ({ ...ENVIRONMENT, SSH_AUTH_SOCK: agent.socket });

  it('a repository is fetched with what their agent has', async () => {
    const commit = fixture.repository.commit({ 'app.py': '1' });
    expect(await problem(fixture.fetch({ url }, { credential: 'own', environment: environment() }))).toMatch(
      /git_refused/
    );
    add(ssh.key);
    expect((await fixture.fetch({ url }, { credential: 'own', environment: environment() })).commit).toBe(commit);
  });

  it('their agent is not asked where they have not said so', async () => {
    fixture.repository.commit({ 'app.py': '1' });
    add(ssh.key);
    expect(await problem(fixture.fetch({ url }, { environment: environment() }))).toMatch(/git_refused/);
  });

  it('a host that shows another key than at first is not believed', async () => {
    fixture.repository.commit({ 'app.py': '1' });
    add(ssh.key);
    await fixture.fetch({ url }, { credential: 'own', environment: environment() });
    await ssh.changeHostKey();
    expect(await problem(fixture.fetch({ url }, { credential: 'own', environment: environment() }))).toMatch(
      /git_refused.*known by/
    );
  });
});

describe('files in Git LFS', () => {
  const content = Buffer.alloc(2_000, 'large');
  const oid = createHash('sha256').update(content).digest('hex');
  const environment = () => ({ ...ENVIRONMENT, GIT_SSL_CAINFO: fixture.server.certificate });

  /** What hosts have for whoever comes by ssh; it says for what it was asked. */
  function authenticate(reply: string): void {
    const program = path.join(programs, 'git-lfs-authenticate');
    writeFileSync(program, `#!/bin/sh\necho "$@" > ${programs}/asked\ncat <<'END'\n${reply}\nEND\n`);
    chmodSync(program, 0o755);
  }

  beforeEach(() => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${content.length}\n`;
    fixture.repository.commit({ '.gitattributes': '*.bin filter=lfs\n', 'app.py': '1', 'x.bin': pointer });
  });

  it('are asked for where the host says by ssh, with the right that it gives', async () => {
    const lfs = addLfs(fixture.server);
    lfs.objects.set(oid, content);
    const href = `${fixture.server.url}project.git/info/lfs`;
    authenticate(JSON.stringify({ href, header: { Authorization: 'RemoteAuth for-minutes' }, expires_in: 60 }));
    const { root } = await fixture.fetch({ url, lfs: true }, { credential: key(), environment: environment() });
    expect(readFileSync(path.join(root, 'x.bin')).equals(content)).toBe(true);
    expect(readFileSync(path.join(programs, 'asked'), 'utf8')).toBe(`${fixture.repository.bare} download\n`);
    expect(lfs.requests.map(request => request.split(' ').slice(2).join(' '))).toEqual([
      'RemoteAuth for-minutes',
      'RemoteAuth for-minutes'
    ]);
  });

  it('are not asked for elsewhere than this hub may', async () => {
    authenticate(JSON.stringify({ href: 'https://169.254.169.254/x' }));
    expect(await problem(fixture.fetch({ url, lfs: true }, { credential: key() }))).toMatch(/git_address/);
  });

  it.each(['lfs.example.org/x', 'ftp://127.0.0.1/x', ''])(
    'are not asked for at what is no address of the web: %j',
    async href => {
      authenticate(JSON.stringify({ href }));
      expect(await problem(fixture.fetch({ url, lfs: true }, { credential: key() }))).toMatch(
        /git_failed.*127.0.0.1 says by ssh where its files in Git LFS are, but not as an address/
      );
    }
  );

  it('that the host has none of are told', async () => {
    expect(await problem(fixture.fetch({ url, lfs: true }, { credential: key() }))).toMatch(
      /git_unsupported.*gives out no files in Git LFS by ssh/
    );
  });
});
